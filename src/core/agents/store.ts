import type { Instant } from "../../base/clock.ts";
import type { AgentRecord, RegisterAsked } from "../../contract/agents.ts";

export type NewAgent = Omit<RegisterAsked, "provider" | "profile"> &
  Pick<AgentRecord, "provider" | "profile">;

/** Who changes it, and when. */
export interface By {
  readonly actor: string;
  readonly now: Instant;
}

/** What it does now, and how it went lately. */
export interface AgentWork {
  readonly running: number;
  readonly failures: number;
  /** Since its last success. */
  readonly failuresInARow: number;
  readonly lastFailureAt: Instant | null;
}

/** Whole units of work, each with its event. `ref`: a name, an id, or the unique beginning of one. */
export interface AgentStore {
  /** @throws {ConductorError} `name.taken` */
  register(asked: NewAgent, by: By): Promise<AgentRecord>;
  /** @throws {ConductorError} `not_found`, `name.ambiguous`, as all that follow */
  label(
    ref: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
    by: By,
  ): Promise<AgentRecord>;
  enable(ref: string, by: By): Promise<AgentRecord>;
  /** While it works it drains instead. */
  disable(ref: string, by: By): Promise<AgentRecord>;
  /** Disables those that drained and have ended their work. */
  settleDrained(now: Instant): Promise<readonly AgentRecord[]>;
  /** @throws {ConductorError} `state.conflict` while it works */
  remove(ref: string, by: By): Promise<AgentRecord>;
  /** By name. */
  list(): Promise<readonly AgentRecord[]>;
  get(ref: string): Promise<AgentRecord>;
  /** By agent; failures since that time. Who did nothing is not in it. */
  work(since: Instant): Promise<ReadonlyMap<string, AgentWork>>;
}
