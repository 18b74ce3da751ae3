/** A tool call as a person reads it, and says yes to: whole, or cut with the hash of the whole. */
import { createHash } from "node:crypto";
import type { ToolUse } from "../guard/index.ts";

const MOST_SHOWN = 20_000;

export function shown(use: ToolUse, input: Readonly<Record<string, unknown>>): string {
  const [path] = use.paths;
  const subject = use.url ?? (use.kind === "write" ? path : undefined);
  const head = subject === undefined ? use.name : `${use.name} ${subject}`;
  const body = bodyOf(use, input);
  const whole = body === "" ? head : `${head}\n${body}`;
  if (whole.length <= MOST_SHOWN) return whole;
  const hash = createHash("sha256").update(whole).digest("hex");
  const rest = whole.length - MOST_SHOWN;
  return `${whole.slice(0, MOST_SHOWN)}\n… ${rest} more characters; SHA-256 of the whole ${hash}`;
}

function bodyOf(use: ToolUse, input: Readonly<Record<string, unknown>>): string {
  const { content } = input;
  if (use.name === "Write" && typeof content === "string") return content;
  return Object.entries(input)
    .filter(([, value]) => value !== use.url && value !== use.paths[0])
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}
