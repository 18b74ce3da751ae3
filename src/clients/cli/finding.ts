import type { Finding } from "../../contract/agents.ts";

export type { Finding };

export function ok(what: string, told: string): Finding {
  return { state: "ok", what, told, fix: null };
}
