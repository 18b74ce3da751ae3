import { hash } from "node:crypto";

/** The proof of a text, the same in receipts and in answers. */
export function digest(text: string): { readonly chars: number; readonly sha256: string } {
  return { chars: Array.from(text).length, sha256: hash("sha256", text, "hex") };
}
