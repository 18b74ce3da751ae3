/**
 * Takes what looks like a secret out of a text, so that it can be stored and exported as it is.
 * Texts are hostile: every shape is tried at few places and repeats without choice, so that time grows with length only.
 */

const HIDDEN = "[redacted]";

const NAMES =
  "password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?";
/** In quotes to their end, a quote behind a backslash included, and what is joined to them; else to the end of the word. */
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'`;
const VALUE = String.raw`(?:(?:${QUOTED})(?:${QUOTED}|[^\s;&|)"'])*|[^\s;&|)"']+)`;

/** Each with the part that stays as its first group. Shapes published by the services that issue them. */
const SHAPES: readonly RegExp[] = [
  /(\b(?:AKIA|ASIA)[A-Z0-9]{2})[A-Z0-9]{12,}/g,
  /(\bgh[pousr]_)[A-Za-z0-9]{20,}/g,
  /(\bgithub_pat_)\w{20,}/g,
  /(\bglpat-)[\w-]{16,}/g,
  /(\bsk-(?:ant-|proj-)?)[\w-]{16,}/g,
  /(\b[rs]k_(?:live|test)_)[A-Za-z0-9]{10,}/g,
  /(\bxox[abprs]-)[\w-]{10,}/g,
  /(\bnpm_)[A-Za-z0-9]{20,}/g,
  /(\bhf_)[A-Za-z0-9]{20,}/g,
  /(\bAIza)[\w-]{30,}/g,
  /((?<![\w-])ey[A-Za-z0-9_-]{8,}\.)ey[\w-]{8,}\.[\w-]+/g,
  /(\b(?:Bearer|Basic|token)\s{1,8})[\w.~+/=-]{12,}/gi,
  /(:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g,
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]*?(?=-----END|$)/g,
  new RegExp(String.raw`(--?(?:[a-z]+-){0,3}(?:${NAMES})(?:=|\s{1,8}))${VALUE}`, "gi"),
  // JSON, YAML and headers: `"token": "…"`, `X-Api-Key: …`.
  new RegExp(
    String.raw`((?:${NAMES})\w{0,20}(?:["']\s{0,8}:\s{0,8}|:\s{1,8})["']?)(?!\s)[^\s"',;}&|)]+`,
    "gi",
  ),
  /(\s(?:-u|--user)[= ]?["']?(?!\d+:)[^\s:"'/]{1,64}:)[^\s"']+/g,
  /(\b(?:sshpass)\s{1,8}-p\s{0,8})[^\s;|&]+/g,
  /(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n;|&]{0,200}?\s-p)[^\s;|&]+/g,
];

/** `NAME=value`, wherever a name can begin; which names count is asked afterwards, since to ask within is slow. */
const ASSIGNED = new RegExp(String.raw`(?<!\w)(\w+=)(${VALUE})`, "g");
const SECRET_NAME = new RegExp(NAMES, "i");

/** Something of every shape: most texts have nothing of any, and one look is cheaper than twenty. */
const HINT = new RegExp(
  String.raw`${NAMES}|AKIA|ASIA|\bgh[a-z]_|github_pat_|glpat-|\bsk-|[rs]k_|xox|npm_|hf_|AIza|(?<![\w-])ey[\w-]{8}|Bearer|Basic|://|-----BEGIN|\s(?:-u|--user)|sshpass|mysql|mariadb`,
  "i",
);

export function redact(text: string): string {
  if (!HINT.test(text)) return text;
  const kept = text.replace(ASSIGNED, (whole, name: string) =>
    SECRET_NAME.test(name) ? `${name}${HIDDEN}` : whole,
  );
  return SHAPES.reduce((known, shape) => known.replace(shape, `$1${HIDDEN}`), kept);
}

/** The same for everything in a value as JSON has it. */
export function redactAll(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(redactAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, redactAll(held)]));
}
