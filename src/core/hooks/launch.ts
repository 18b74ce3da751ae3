/** What the settings of several CLIs have in common. */
import type { HookSettings } from "./contract.ts";

/** Beyond our own deadline, so that an answer of ours is always the first. */
export const MARGIN_SECONDS = 10;
/** The longest that a timer can be. Where a tool runs when it ends, it has to be ours that ends first. */
export const NEVER_MS = 2_147_483_647;

/** The line by which a CLI starts our script; `exec`, so that whoever ends the shell ends the script, and with it the question. */
export function hookCommand(
  how: Pick<HookSettings, "script" | "waitSeconds">,
  contract: string,
  event: string,
): string {
  // Some take whole numbers only.
  return `exec ${how.script} ${contract} ${event} ${Math.ceil(how.waitSeconds) + MARGIN_SECONDS}`;
}

/** Our tools, for Gemini CLI and its fork. The token is not written: it is filled in by the CLI. A handoff may take an hour. */
export function toolsOf({ url }: Pick<HookSettings, "url">): Readonly<Record<string, unknown>> {
  return {
    httpUrl: new URL("/mcp", url).href,
    headers: { Authorization: "Bearer ${CONDUCTOR_TOKEN}" },
    timeout: 3_700_000,
    trust: true,
  };
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
