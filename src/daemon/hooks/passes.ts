/**
 * A yes that an agent's hook was given covers the shell's view of the same call: once, and not for long. Kept
 * in memory: a daemon that starts anew asks again.
 */
import type { Clock, Instant } from "../../base/clock.ts";

export interface Passes {
  give(terminalId: string, pass: { readonly key: string; readonly call: string | null }): void;
  has(terminalId: string, key: string): boolean;
  /** True once for each that was given. */
  take(terminalId: string, key: string): boolean;
  /** The call is over: what it did not use is void. */
  end(terminalId: string, call: string | null): void;
}

interface Pass {
  readonly key: string;
  readonly call: string | null;
  readonly until: Instant;
}

/** From the hook's answer to the shell's start. */
const VALID_MS = 30_000;
const MOST = 100;

export function createPasses(clock: Clock): Passes {
  const all = new Map<string, readonly Pass[]>();
  const valid = (terminalId: string): readonly Pass[] =>
    (all.get(terminalId) ?? []).filter(({ until }) => until > clock.now());
  const keep = (terminalId: string, passes: readonly Pass[]): void => {
    if (passes.length === 0) all.delete(terminalId);
    else all.set(terminalId, passes.slice(-MOST));
  };
  return {
    give: (terminalId, pass) =>
      keep(terminalId, [...valid(terminalId), { ...pass, until: clock.now() + VALID_MS }]),
    has: (terminalId, key) => valid(terminalId).some((pass) => pass.key === key),
    take: (terminalId, key) => {
      const passes = valid(terminalId);
      const at = passes.findIndex((pass) => pass.key === key);
      keep(terminalId, at < 0 ? passes : passes.toSpliced(at, 1));
      return at >= 0;
    },
    end: (terminalId, call) =>
      keep(
        terminalId,
        valid(terminalId).filter((pass) => pass.call === null || pass.call !== call),
      ),
  };
}
