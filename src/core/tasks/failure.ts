/** What a failed attempt leads to. Pure; chance comes in. */
import type { Instant } from "../../base/clock.ts";
import type { ErrorClass } from "../../contract/tasks.ts";

export interface Failure {
  readonly class: ErrorClass;
  /** A short name that programs compare, as `check.failed`. */
  readonly code: string;
  readonly message: string;
  /** When a limit is over, where that is known. */
  readonly retryAt?: Instant | undefined;
}

/** What comes of it; `counts` tells whether the attempt is used up. */
export type AfterFailure =
  | { readonly signal: "requeue"; readonly runAt: Instant; readonly counts: boolean }
  | { readonly signal: "fail" }
  | { readonly signal: "bury" };

const BASE_MS = 5_000;
const MOST_MS = 10 * 60_000;
/** How long a limit lasts that does not say when it is over. */
const LIMIT_MS = 5 * 60_000;

/** Full jitter: anything from nothing to the exponential bound, so that those who failed together do not return together. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(MOST_MS, BASE_MS * 2 ** Math.max(0, attempt)));
}

export function afterFailure(
  task: { readonly attempt: number; readonly maxAttempts: number },
  failure: Pick<Failure, "class" | "retryAt">,
  { now, random }: { readonly now: Instant; readonly random: () => number },
): AfterFailure {
  if (failure.class === "permanent") return { signal: "fail" };
  const { retryAt } = failure;
  if (failure.class === "rate_limited") {
    const runAt = Math.max(now, retryAt ?? now + LIMIT_MS);
    return { signal: "requeue", runAt, counts: false };
  }
  if (task.attempt >= task.maxAttempts) return { signal: "bury" };
  const runAt = Math.max(retryAt ?? 0, now + backoffMs(task.attempt, random));
  return { signal: "requeue", runAt, counts: true };
}
