import { setTimeout as sleep } from "node:timers/promises";
import { ConductorError } from "../../base/errors.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { Client } from "./client.ts";
import { isReset, type Reset } from "./events.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Every event after `after`, in order and once each, across restarts of the daemon. Where the journal has no
 * row of that number it tells so, and goes on from where that stands.
 * Ends only by `signal`, or by an error that another try would not mend.
 */
export async function* follow(
  client: Pick<Client, "events">,
  asked: { after?: number | undefined; signal: AbortSignal },
): AsyncGenerator<JournalEvent | Reset> {
  let after = asked.after;
  const events = persistently(asked.signal, () => client.events({ after, signal: asked.signal }));
  for await (const event of events) {
    if (isReset(event)) after = event.after;
    else if (after !== undefined && event.seq <= after) continue;
    else after = event.seq;
    yield event;
  }
}

/** Opens the stream again whenever the daemon went away, with growing pauses. */
export async function* persistently<T>(
  signal: AbortSignal,
  open: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      for await (const item of open()) {
        pauseMs = FIRST_PAUSE_MS;
        yield item;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!mayComeBack(error)) throw error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function mayComeBack(error: unknown): boolean {
  return (
    error instanceof ConductorError &&
    (error.code === "daemon.unreachable" || error.code === "timeout")
  );
}
