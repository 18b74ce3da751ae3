/** The journal as server-sent events: resumable by `Last-Event-ID` or `?after=`, a heartbeat every 15 s. */
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { api } from "../../contract/api/index.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

const HEARTBEAT_MS = 15_000;
const PAGE = 500;
const EVENT_STREAM = { "content-type": "text/event-stream" };
const lastEventId = z.coerce.number().int().min(0);

export function eventRoutes(app: App, services: Services): void {
  serve(app, services, api.followEvents, async ({ context, query }) => {
    const asked = context.req.header("last-event-id");
    const after = asked === undefined ? query.after : lastEventId.parse(asked);
    const start = after ?? (await services.journal.head());
    // Its stream would go on for nobody.
    if (context.req.method === "HEAD") return context.body(null, 200, EVENT_STREAM);
    return streamSSE(context, async (stream) => {
      const wake = waker();
      const unfollow = services.journal.follow(wake.ring);
      stream.onAbort(wake.ring);
      let seq = start;
      try {
        while (!stream.aborted) {
          const page = await services.journal.after(seq, PAGE);
          const gap = gapBefore(page[0], seq, await services.journal.head());
          if (gap !== undefined) {
            seq = gap;
            await stream.writeSSE(toReset(gap));
          }
          for (const event of page) await stream.writeSSE(toSse(event));
          seq = page.at(-1)?.seq ?? seq;
          if (page.length > 0) continue;
          const rang = await wake.next(services, HEARTBEAT_MS);
          if (!rang && !stream.aborted) await stream.write(": heartbeat\n\n");
        }
      } finally {
        unfollow();
      }
    });
  });
}

function toSse(event: JournalEvent): { id: string; event: string; data: string } {
  return { id: String(event.seq), event: event.type, data: JSON.stringify(event) };
}

/** Where the journal goes on for a reader who is not between two rows of it: rows are gone, or it is another one. */
function gapBefore(next: JournalEvent | undefined, seq: number, head: number): number | undefined {
  if (next !== undefined) return next.seq > seq + 1 ? next.seq - 1 : undefined;
  return seq > head ? head : undefined;
}

/** Tells a reader to load all anew: what came before this is not there. */
function toReset(after: number): { id: string; event: string; data: string } {
  return { id: String(after), event: "reset", data: JSON.stringify({ after }) };
}

/** Remembers a ring that came while nobody waited. */
function waker(): {
  ring: () => void;
  next: (services: Services, timeoutMs: number) => Promise<boolean>;
} {
  let rung = false;
  let wake: ((rang: boolean) => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.(true);
    },
    next: async (services, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      wake = resolve;
      if (rung) resolve(true);
      const cancel = services.clock.after(timeoutMs, () => resolve(false));
      const rang = await promise;
      cancel();
      wake = undefined;
      rung = false;
      return rang;
    },
  };
}
