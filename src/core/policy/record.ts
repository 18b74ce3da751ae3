import { createHash, createHmac } from "node:crypto";
import type { DecisionSource } from "../../contract/decisions.ts";
import type { Analysis } from "../guard/index.ts";
import type { Verdict } from "./decide.ts";
import { redact } from "./redact.ts";
import type { NewDecision } from "./store.ts";

export interface Decided {
  readonly terminalId: string | null;
  readonly source: DecisionSource;
  readonly command: string;
  readonly cwd: string;
  readonly analysis: Analysis;
  readonly verdict: Verdict;
  readonly policies: Readonly<Record<string, string>>;
  readonly latencyMs: number;
  /** Of this conductor home: with it the hash of a short text cannot be guessed by trying. */
  readonly hashKey: string;
}

const GUESSABLE = 100;

/** Of the text as it was, secrets included: a short one is keyed. */
function hashOf(command: string, key: string): string {
  if (command.length > GUESSABLE) return createHash("sha256").update(command).digest("hex");
  return `hmac:${createHmac("sha256", key).update(command).digest("hex")}`;
}

/** Longer texts are cut in the record; the hash is of the whole. */
const MAX_RECORDED = 8_000;

export function recordOf(decided: Decided): NewDecision {
  const { command, analysis, verdict, latencyMs, hashKey, ...rest } = decided;
  const kept = redact(command);
  const seen = new Map<string, NewDecision["rules"][number]>();
  // Of several commands that a rule matched, one where it counted tells.
  for (const { action: _action, ...rule } of verdict.matched) {
    const name = `${rule.layer}/${rule.id}`;
    if (seen.get(name)?.overridden !== false) seen.set(name, rule);
  }
  return {
    terminalId: rest.terminalId,
    source: rest.source,
    cwd: rest.cwd,
    command: kept.length > MAX_RECORDED ? `${kept.slice(0, MAX_RECORDED)}…` : kept,
    commandHash: hashOf(command, hashKey),
    effect: verdict.effect,
    rules: [...seen.values()],
    flags: [...analysis.flags],
    defaultUsed: verdict.defaultUsed,
    reason: redact(verdict.reason),
    policies: { ...rest.policies },
    latencyMs: Math.round(latencyMs * 100) / 100,
  };
}
