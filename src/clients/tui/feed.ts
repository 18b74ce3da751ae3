import type { Clock } from "../../base/clock.ts";
import { describeError } from "../../base/errors.ts";
import type { PanelClient } from "./client.ts";
import type { PanelEvent } from "./state.ts";

/** A flood of changes costs one fetch per gap. */
const GAP_MS = 100;
const RETRY_MS = 1_000;

interface Ports {
  readonly client: PanelClient;
  readonly clock: Clock;
  readonly send: (event: PanelEvent) => void;
}

export interface Feed {
  /** Fetches now, or once more after the fetch that is under way. */
  refresh(): void;
}

/** Follows the daemon until `signal` aborts: a snapshot after every change, `lost` on every failure. */
export function startFeed(ports: Ports, signal: AbortSignal): Feed {
  const refresh = createRefresher(ports, signal);
  void listen(ports, refresh, signal);
  return { refresh };
}

async function listen(
  { client, clock, send }: Ports,
  refresh: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    refresh();
    let why = "the daemon ended the connection";
    try {
      const changes = client.changes(signal)[Symbol.asyncIterator]();
      while ((await changes.next()).done !== true) refresh();
    } catch (error) {
      why = describeError(error);
    }
    if (signal.aborted) return;
    send({ type: "lost", why, now: clock.now() });
    await pause(clock, RETRY_MS, signal);
  }
}

function createRefresher({ client, clock, send }: Ports, signal: AbortSignal): () => void {
  let state: "idle" | "running" | "again" = "idle";
  const fetchOnce = async () => {
    try {
      const [approvals, terminals] = await Promise.all([client.approvals(), client.terminals()]);
      if (!signal.aborted) send({ type: "snapshot", approvals, terminals, now: clock.now() });
      return GAP_MS;
    } catch (error) {
      if (!signal.aborted) send({ type: "lost", why: describeError(error), now: clock.now() });
      state = "again";
      return RETRY_MS;
    }
  };
  const run = async () => {
    do {
      state = "running";
      await pause(clock, await fetchOnce(), signal);
    } while (isAgain() && !signal.aborted);
    state = "idle";
  };
  const isAgain = () => state === "again";
  return () => {
    if (state === "idle") void run();
    else state = "again";
  };
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      signal.removeEventListener("abort", end);
      cancel();
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener("abort", end);
  });
}
