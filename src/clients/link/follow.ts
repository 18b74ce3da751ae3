import { setTimeout as sleep } from "node:timers/promises";
import { ConductorError } from "../../base/errors.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { Client } from "./client.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Every event after `after`, in order and once each, across restarts of the daemon.
 * Ends only by `signal`, or by an error that another try would not mend.
 */
export async function* follow(
  client: Pick<Client, "events">,
  asked: { after?: number | undefined; signal: AbortSignal },
): AsyncGenerator<JournalEvent> {
  let after = asked.after;
  let pauseMs = FIRST_PAUSE_MS;
  while (!asked.signal.aborted) {
    try {
      for await (const event of client.events({ after, signal: asked.signal })) {
        if (after !== undefined && event.seq <= after) continue;
        after = event.seq;
        pauseMs = FIRST_PAUSE_MS;
        yield event;
      }
    } catch (error) {
      if (asked.signal.aborted) return;
      if (!mayComeBack(error)) throw error;
    }
    await sleep(pauseMs, undefined, { signal: asked.signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function mayComeBack(error: unknown): boolean {
  return (
    error instanceof ConductorError &&
    (error.code === "daemon.unreachable" || error.code === "timeout")
  );
}
