/** What happens by the clock: expiry of messages and approvals, retention, full logs, the pending count of the status line. */
import { describeError } from "../base/errors.ts";
import type { PaneDriver } from "../core/terminals/index.ts";
import type { Stores } from "../drivers/sqlite/index.ts";
import type { HookSettingsFiles } from "./hooks/settings.ts";
import type { Limits } from "./limits.ts";
import type { LongTexts } from "./long-texts.ts";
import type { Services } from "./services.ts";
import { TASK_WATCH_MS, type TaskWatch } from "./task-watch.ts";
import type { TerminalLogs } from "./terminal-logs.ts";

const EXPIRY_MS = 1_000;
const ROTATION_MS = 10_000;
const RETENTION_MS = 60 * 60_000;
const DAY_MS = 86_400_000;

export interface TickerPorts {
  readonly services: Pick<
    Services,
    "clock" | "log" | "journal" | "config" | "terminals" | "approvals"
  >;
  readonly driver: Pick<PaneDriver, "setOption">;
  readonly stores: Pick<
    Stores,
    "notifications" | "messages" | "approvals" | "terminals" | "handoffs" | "tasks" | "transcripts"
  >;
  readonly logs: TerminalLogs;
  readonly taskWatch: Pick<TaskWatch, "tick">;
  readonly limits: Pick<Limits, "tick">;
  readonly longTexts: Pick<LongTexts, "remove">;
  readonly hookSettings: Pick<HookSettingsFiles, "remove">;
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
  every("limits", EXPIRY_MS, async () => ports.limits.tick());
  every("tasks", TASK_WATCH_MS, () => ports.taskWatch.tick());
  every("rotation", ROTATION_MS, () => ports.logs.rotate());
  every("retention", RETENTION_MS, () => retain(ports));
  const showPending = (): void => {
    pushPending(ports).catch((error: unknown) => {
      log.warn({ error: describeError(error) }, "the status line was not updated");
    });
  };
  const unfollow = journal.follow((event) => {
    // A launch may have started the tmux server, which then knows nothing.
    const isNews = event.type.startsWith("approval.") || event.type === "terminal.launched";
    if (isNews) showPending();
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
async function retain({
  services,
  stores,
  logs,
  longTexts,
  hookSettings,
}: TickerPorts): Promise<void> {
  const now = services.clock.now();
  const { retention } = services.config;
  longTexts.remove(await stores.messages.removeSettled(now - retention.messagesDays * DAY_MS));
  await stores.notifications.removeSettled(now - retention.messagesDays * DAY_MS);
  await stores.handoffs.removeSettled(now - retention.messagesDays * DAY_MS);
  await stores.tasks.removeSettled(now - retention.tasksDays * DAY_MS, now);
  const removed = await stores.terminals.removeExited(now - retention.terminalsDays * DAY_MS);
  const ids = removed.map(({ id }) => id);
  services.terminals.forget(ids);
  await stores.transcripts.forget(ids);
  logs.remove(ids);
  hookSettings.remove(ids);
  logs.removeOld(now - retention.logsDays * DAY_MS);
}

async function pushPending({ services, driver }: TickerPorts): Promise<void> {
  const pending = await services.approvals.list({ states: ["pending"], limit: 1_000 });
  await driver.setOption("@conductor_pending", String(pending.length));
}
