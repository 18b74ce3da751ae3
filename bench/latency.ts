/** One state of one agent, drawn or heard of. */
export interface Sighting {
  readonly at: number;
  readonly key: string;
  readonly mode: string;
}

export interface Latencies {
  readonly ms: readonly number[];
  /** Changes that were over before anyone heard of them: how long they lasted at the least. */
  readonly missedMs: readonly number[];
}

/** Both clocks are the machine's, read by two processes. */
const SKEW_MS = 5;

/** Finds for each change that was drawn the moment when it was heard of, before the agent came back to it. */
export function latencies(drawn: readonly Sighting[], heard: readonly Sighting[]): Latencies {
  const ms: number[] = [];
  const missedMs: number[] = [];
  for (const [key, changes] of Map.groupBy(drawn, ({ key: one }) => one)) {
    const told = heard.filter((one) => one.key === key);
    for (const [index, change] of changes.entries()) {
      const again = changes[index + 2]?.at ?? Number.POSITIVE_INFINITY;
      const first = told.find(
        ({ at, mode }) => mode === change.mode && at >= change.at - SKEW_MS && at < again - SKEW_MS,
      );
      if (first === undefined) missedMs.push(again - change.at);
      else ms.push(Math.max(0, first.at - change.at));
    }
  }
  return { ms, missedMs };
}
