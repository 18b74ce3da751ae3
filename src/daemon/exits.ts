/** Decisions whose shell was told to say how its command ended; kept in memory until it does, or cannot any more. */
import type { DecisionStore } from "../core/policy/index.ts";

export interface Exits {
  await(terminalId: string, decision: string): void;
  /** @throws {ConductorError} `not_found`, `state.conflict` */
  told(terminalId: string, decision: string, code: number): Promise<void>;
  /** Nobody is left to tell: the records say so. */
  ended(terminalId: string): Promise<void>;
}

/** Shells that were killed never tell. */
const MOST = 1_000;

export function createExits(decisions: Pick<DecisionStore, "exited">): Exits {
  const awaited = new Map<string, readonly string[]>();
  return {
    await: (terminalId, decision) =>
      void awaited.set(terminalId, [...(awaited.get(terminalId) ?? []), decision].slice(-MOST)),
    told: async (terminalId, decision, code) => {
      await decisions.exited(decision, terminalId, code);
      const left = (awaited.get(terminalId) ?? []).filter((each) => each !== decision);
      awaited.set(terminalId, left);
    },
    ended: async (terminalId) => {
      const left = awaited.get(terminalId) ?? [];
      awaited.delete(terminalId);
      for (const decision of left) await decisions.exited(decision, terminalId, null);
    },
  };
}
