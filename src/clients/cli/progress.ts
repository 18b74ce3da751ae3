import type { TextSink } from "./context.ts";
import { age } from "./duration.ts";

/** Work that is done sooner says nothing. */
const PATIENCE_MS = 400;
const STEP_MS = 250;
const CLEAR = "\r\x1b[K";

/**
 * Shows on a person's terminal what is waited for, and for how long, until `work` is settled.
 * It goes to stderr and is wiped, so that answers stand alone.
 */
export async function withProgress<T>(
  stderr: TextSink,
  what: () => string,
  work: Promise<T>,
): Promise<T> {
  if (stderr.isTTY !== true) return work;
  const startedAt = Date.now();
  let isShown = false;
  const timer = setInterval(() => {
    if (Date.now() - startedAt < PATIENCE_MS) return;
    isShown = true;
    const text = `${what()} … ${age(startedAt, Date.now())}`;
    stderr.write(CLEAR + text.slice(0, Math.max(1, (stderr.columns ?? 80) - 1)));
  }, STEP_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isShown) stderr.write(CLEAR);
  }
}
