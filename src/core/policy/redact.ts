/** Takes what looks like a secret out of a text, so that it can be stored and exported as it is. */

const HIDDEN = "[redacted]";

/** Each with the part that stays as its first group. Shapes published by the services that issue them. */
const SHAPES: readonly RegExp[] = [
  /(\b(?:AKIA|ASIA)[A-Z0-9]{2})[A-Z0-9]{12,}/g,
  /(\bgh[pousr]_)[A-Za-z0-9]{20,}/g,
  /(\bgithub_pat_)\w{20,}/g,
  /(\bglpat-)[\w-]{16,}/g,
  /(\bsk-(?:ant-|proj-)?)[\w-]{16,}/g,
  /(\bxox[abprs]-)[\w-]{10,}/g,
  /(\bnpm_)[A-Za-z0-9]{20,}/g,
  /(\bAIza)[\w-]{30,}/g,
  /(\bey[A-Za-z0-9_-]{8,}\.)ey[\w-]{8,}\.[\w-]+/g,
  /(\b(?:Bearer|Basic|token)\s+)[\w.~+/=-]{12,}/gi,
  /(:\/\/[^\s:/@]+:)[^\s@/]+(?=@)/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?=-----END|$)/g,
  /((?:^|[\s;&|(])(?:[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)[A-Z0-9_]*)=)("[^"]*"|'[^']*'|[^\s;&|)]+)/gi,
  /((?:--?)(?:password|passwd|passphrase|secret|token|api-?key|auth-?token|access-?key)(?:[= ]))("[^"]*"|'[^']*'|[^\s;&|)]+)/gi,
];

export function redact(text: string): string {
  return SHAPES.reduce((kept, shape) => kept.replace(shape, `$1${HIDDEN}`), text);
}
