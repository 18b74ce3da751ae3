/** One figure against its target. Everything is held so that smaller is better: met means value ≤ target. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  readonly met: boolean;
  /** The same work done the naive way, in the same run and unit; the target is a share of it. */
  readonly baseline?: number;
  readonly channel?: Channel;
}

export type Channel = "pty" | "pipes";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly channel?: Channel | undefined;
}

export function atMost(figure: Figure, target: number): Result {
  return judge(figure, target);
}

/** `share` 1.6 allows 1.6 times the baseline, 1/50 demands to be fifty times better. */
export function atMostShare(figure: Figure, share: number, baseline: number): Result {
  return { ...judge(figure, baseline * share), baseline: rounded(baseline) };
}

// What was not measured is NaN, and NaN meets nothing.
function judge({ name, value, unit, channel }: Figure, target: number): Result {
  return {
    name,
    value: rounded(value),
    unit,
    target: rounded(target),
    met: value <= target,
    ...(channel === undefined ? {} : { channel }),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
