/** How an agent is asked to stop, or to leave by itself before its pane is ended. */
import type { Clock } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import type { Key, PaneDriver } from "./ports.ts";
import type { Terminal } from "./terminal.ts";

/** How an agent is asked to stop or to leave, from its provider's definition. */
export interface LeaveRules {
  readonly interrupt: readonly Key[];
  readonly clearDraft: readonly Key[];
  readonly exitText: string | undefined;
  readonly exitKeys: readonly Key[];
}

export interface LeavePorts {
  readonly driver: PaneDriver;
  readonly clock: Clock;
  readonly leave: (provider: string) => LeaveRules;
}

const EXIT_GRACE_MS = 5_000;
/** How long an interrupted agent may take to show its composer. */
const INTERRUPT_GRACE_MS = 3_000;
/** How long after that it may take to put the prompt back. */
const PUT_BACK_MS = 1_000;

/**
 * Some CLIs put the interrupted prompt back into the composer, where it would keep the next message out. Where
 * no draft was seen before, what stands there then is no person's draft.
 * @param pressed  called as soon as it is asked
 */
export async function askToStop(
  ports: LeavePorts,
  terminal: Terminal,
  pressed: () => void,
): Promise<void> {
  const { paneId } = terminal.record;
  if (paneId === null) return;
  const { interrupt, clearDraft } = ports.leave(terminal.record.provider);
  const begin = () => ports.driver.keys(paneId, interrupt).then(pressed);
  if (clearDraft.length === 0) return begin();
  const before = await terminal.look();
  if (before.detection.composer === "draft") return begin();
  const isPutBack = ({ composer }: Terminal["status"]) => composer === "draft";
  const isOver = (now: Terminal["status"]) => now.status === "idle" || isPutBack(now);
  await whenReady(ports, terminal, { begin, isReady: isOver });
  await whenReady(ports, terminal, { isReady: isPutBack, graceMs: PUT_BACK_MS });
  // The word of its hook, which tells of no interruption, may stand for some seconds more.
  const { detection } = await terminal.look();
  if (detection.status === "idle" && detection.composer === "draft")
    await ports.driver.keys(paneId, clearDraft);
}

/** True when the agent left by itself within the grace. */
export async function askToLeave(ports: LeavePorts, terminal: Terminal): Promise<boolean> {
  const { paneId } = terminal.record;
  if (!terminal.isLive || paneId === null) return true;
  const rules = ports.leave(terminal.record.provider);
  try {
    const { status } = terminal.status;
    if (status === "working" || status === "waiting") {
      await whenReady(ports, terminal, {
        begin: () => ports.driver.keys(paneId, rules.interrupt),
        isReady: canTakeInput,
      });
    }
    const look = await terminal.look();
    // A control command is typed on fresh evidence only: into a busy agent it would be a prompt.
    if (!canTakeInput(look.status)) return false;
    return await whenEnded(ports, terminal, () => sayGoodbye(ports.driver, paneId, rules));
  } catch (error) {
    return cannotBeAsked(error);
  }
}

async function sayGoodbye(driver: PaneDriver, paneId: string, rules: LeaveRules): Promise<void> {
  if (rules.exitText !== undefined) {
    await driver.paste(paneId, rules.exitText);
    await driver.keys(paneId, ["Enter"]);
  } else if (rules.exitKeys.length > 0) await driver.keys(paneId, rules.exitKeys);
}

/** Does that and waits until the agent is so, for a while. */
async function whenReady(
  { clock, driver }: LeavePorts,
  terminal: Terminal,
  how: {
    readonly begin?: () => Promise<void>;
    readonly isReady: (status: Terminal["status"]) => boolean;
    readonly graceMs?: number;
  },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(how.graceMs ?? INTERRUPT_GRACE_MS, resolve);
  const check = (): void => {
    if (how.isReady(terminal.status)) resolve();
  };
  const stop = driver.signals((signal) => {
    const isTheirs = signal.kind === "screen" && signal.paneId === terminal.record.paneId;
    if (isTheirs) void terminal.settled().then(check, resolve);
  });
  try {
    await how.begin?.();
    check();
    await promise;
  } finally {
    cancel();
    stop();
  }
}

/** Does that; true when the agent has ended within the grace. */
async function whenEnded(
  { clock, driver }: LeavePorts,
  terminal: Terminal,
  begin: () => Promise<void>,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { paneId } = terminal.record;
  const cancel = clock.after(EXIT_GRACE_MS, () => resolve(false));
  const stop = driver.signals((signal) => {
    const ended = (signal.kind === "exiting" || signal.kind === "gone") && signal.paneId === paneId;
    const dead = signal.kind === "facts" && signal.facts.dead && signal.facts.paneId === paneId;
    if (ended || dead) resolve(true);
  });
  try {
    await begin();
    return await promise;
  } finally {
    cancel();
    stop();
  }
}

function canTakeInput({ status, composer }: Terminal["status"]): boolean {
  return status === "idle" && composer === "empty";
}

/** Nothing can be typed where someone scrolls, or where the pane is gone; it is ended all the same. */
function cannotBeAsked(error: unknown): false {
  const codes: readonly string[] = ["pane.not_ready", "pane.gone"];
  if (error instanceof ConductorError && codes.includes(error.code)) return false;
  throw error;
}
