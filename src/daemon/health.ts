/** Whether what the daemon stands on answers, part by part: for a monitor. */
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import { VERSION } from "../base/version.ts";
import type { HealthView } from "../contract/events.ts";
import type { Journal } from "../core/journal/index.ts";
import type { MessageStore } from "../core/messages/index.ts";
import type { PaneDriver, Terminals } from "../core/terminals/index.ts";

export interface HealthPorts {
  readonly journal: Pick<Journal, "head">;
  readonly messages: Pick<MessageStore, "unread">;
  readonly terminals: () => Pick<Terminals, "live">;
  readonly driver: Pick<PaneDriver, "facts">;
  readonly clock: Clock;
}

type Parts = HealthView["parts"];

const ANSWER_MS = 2_000;

/** @throws {ConductorError} `store.broken`, `tmux.lost`, with the state of each part as data */
export async function checkHealth(ports: HealthPorts): Promise<HealthView> {
  const [store, journal, tmux] = await Promise.all([
    answers(ports, () => ports.messages.unread()),
    answers(ports, () => ports.journal.head()),
    tmuxOf(ports),
  ]);
  const parts = { store, journal, tmux };
  if (store === "failing") throw failing("store.broken", "the store does not answer", parts);
  if (journal === "failing") throw failing("store.broken", "the journal does not answer", parts);
  if (tmux === "failing") throw failing("tmux.lost", "tmux does not answer", parts);
  return { status: "ok", version: VERSION, parts };
}

function failing(
  code: "store.broken" | "tmux.lost",
  message: string,
  parts: Parts,
): ConductorError {
  return new ConductorError(code, message, { data: { parts }, hint: "conductor doctor" });
}

/** A server of tmux is there only for agents. */
async function tmuxOf(ports: HealthPorts): Promise<Parts["tmux"]> {
  const pane = ports
    .terminals()
    .live()
    .find(({ record }) => record.paneId !== null)?.record.paneId;
  if (pane == null) return "unused";
  return answers(ports, () => ports.driver.facts(pane).catch(unlessGone));
}

/** An agent that has just ended is no illness. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ConductorError) || error.code !== "pane.gone") throw error;
}

/** Nobody showed a token: why not is for the log. */
function answers({ clock }: HealthPorts, ask: () => Promise<unknown>): Promise<"ok" | "failing"> {
  const { promise, resolve } = Promise.withResolvers<"ok" | "failing">();
  const cancel = clock.after(ANSWER_MS, () => resolve("failing"));
  ask().then(
    () => resolve("ok"),
    () => resolve("failing"),
  );
  return promise.finally(cancel);
}
