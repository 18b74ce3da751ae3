/** What happens by the clock: expiry of messages and approvals, retention, the pending count of the status line. */
import { rmSync } from "node:fs";
import { describeError } from "../base/errors.ts";
import type { PaneDriver } from "../core/terminals/index.ts";
import type { Stores } from "../drivers/sqlite/index.ts";
import type { Services } from "./services.ts";

const EXPIRY_MS = 1_000;
const RETENTION_MS = 60 * 60_000;
const DAY_MS = 86_400_000;

export interface TickerPorts {
  readonly services: Services;
  readonly driver: PaneDriver;
  readonly stores: Stores;
}

export function createTicker(ports: TickerPorts): Disposable {
  const { clock, log, journal } = ports.services;
  let over = false;
  const stops = new Map<string, () => void>();
  const every = (name: string, ms: number, work: () => Promise<unknown>): void => {
    const next = (): void => {
      work()
        .catch((error: unknown) => log.error({ error: describeError(error) }, `${name} failed`))
        .finally(() => {
          if (!over) stops.set(name, clock.after(ms, next));
        });
    };
    next();
  };
  every("expiry", EXPIRY_MS, () => expire(ports));
  every("retention", RETENTION_MS, () => retain(ports));
  const showPending = (): void => {
    pushPending(ports).catch((error: unknown) => {
      log.warn({ error: describeError(error) }, "the status line was not updated");
    });
  };
  const unfollow = journal.follow((event) => {
    if (event.type.startsWith("approval.")) showPending();
  });
  showPending();
  return {
    [Symbol.dispose]: () => {
      over = true;
      unfollow();
      for (const stop of stops.values()) stop();
    },
  };
}

async function expire({ services, stores }: TickerPorts): Promise<void> {
  const now = services.clock.now();
  await stores.messages.expire(now);
  await stores.approvals.expire(now);
}

/** Forgets what is old and settled; rows and logs of live terminals are never touched. */
async function retain({ services, stores }: TickerPorts): Promise<void> {
  const now = services.clock.now();
  const { retention } = services.config;
  await stores.messages.removeSettled(now - retention.messagesDays * DAY_MS);
  const removed = await stores.terminals.removeExited(now - retention.terminalsDays * DAY_MS);
  for (const { logPath } of removed) rmSync(logPath, { force: true });
  services.terminals.forget(removed.map(({ id }) => id));
}

async function pushPending({ services, driver }: TickerPorts): Promise<void> {
  const pending = await services.approvals.list({ states: ["pending"], limit: 1_000 });
  const count = pending.length;
  const sessions = new Set(services.terminals.live().map(({ record }) => record.session));
  for (const session of sessions)
    await driver.setOption(session, "@conductor_pending", String(count));
}
