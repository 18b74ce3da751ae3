/** The headers of Standard Webhooks, by which a receiver knows who sent it, when, and whether it had it before. */
import { createHmac } from "node:crypto";
import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";

/** @throws {ConductorError} `config.invalid` where the secret is none */
export function webhookHeaders(
  message: { readonly id: string; readonly body: string },
  secret: string,
  now: Instant,
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const { id, body } = message;
  const seconds = String(Math.floor(now / 1_000));
  const signed = createHmac("sha256", keyOf(secret)).update(`${id}.${seconds}.${body}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signed.digest("base64")}`,
  };
}

const PREFIX = "whsec_";
const LEAST_BYTES = 24;

function keyOf(secret: string): Buffer {
  const text = secret.trim();
  const key = Buffer.from(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text, "base64");
  if (key.length >= LEAST_BYTES) return key;
  throw new ConductorError("config.invalid", "a webhook's secret is shorter than 24 bytes", {
    hint: `it is written ${PREFIX} and then base64`,
  });
}
