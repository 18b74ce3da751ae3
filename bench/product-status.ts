/** What a client of the product's event stream hears of the agents' states, and when. */
import { readFileSync } from "node:fs";
import { followOnce } from "../src/clients/link/events.ts";
import type { Sighting } from "./latency.ts";
import type { World } from "./world.ts";

export interface Listening {
  readonly heard: readonly Sighting[];
  stop(): Promise<void>;
}

/** Resolves when nothing that happens from now on is missed. */
export async function listen(world: World, signal: AbortSignal): Promise<Listening> {
  const heard: Sighting[] = [];
  const over = new AbortController();
  const open = Promise.withResolvers<void>();
  const done = (async () => {
    const events = followOnce({
      socket: world.paths.socket,
      token: readFileSync(world.paths.token, "utf8").trim(),
      signal: AbortSignal.any([over.signal, signal]),
    });
    for await (const event of events) {
      if (event === "open") open.resolve();
      else if ("type" in event && event.type === "terminal.status_changed") {
        const at = performance.timeOrigin + performance.now();
        heard.push({ at, key: event.subject, mode: String(event.data["status"]) });
      }
    }
  })();
  // A stream that ends by itself would look like a daemon that tells nothing.
  let early: string | undefined;
  const ended = done
    .catch((error: unknown) => error)
    .then((reason) => {
      if (!over.signal.aborted) early = `the event stream ended: ${String(reason)}`;
      open.reject(reason);
    });
  await open.promise;
  return {
    heard,
    stop: async () => {
      over.abort();
      await ended;
      if (early !== undefined) throw new Error(early);
    },
  };
}
