/** A repository's policy counts as a human trusted it: neither an edit nor its removal takes a rule away. */
import { createHash } from "node:crypto";
import type { Pin } from "../../contract/trust.ts";

export function pinOf(text: string): Pin {
  return { hash: createHash("sha256").update(text).digest("hex"), text };
}

export type Standing =
  | "in force"
  | "not trusted"
  | "changed since it was trusted"
  | "gone since it was trusted";

/**
 * @param now  the file's text, undefined where it is not there
 * @returns undefined where there is nothing to tell of
 */
export function standingOf(now: string | undefined, pin: Pin | undefined): Standing | undefined {
  if (pin === undefined) return now === undefined ? undefined : "not trusted";
  if (now === undefined) return "gone since it was trusted";
  return pinOf(now).hash === pin.hash ? "in force" : "changed since it was trusted";
}
