/** What an attempt does in the world, one job at a time; each is done again by the next daemon where this one dies in it. */
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import type { AttemptEnd, AttemptView } from "../contract/execution.ts";
import type { AgentSession, AgentStore, Connector } from "../core/agents/index.ts";
import type { MessageStore } from "../core/messages/index.ts";
import {
  type AttemptFailpoint,
  type AttemptOutcome,
  type AttemptStore,
  endOfTurn,
  failedEnd,
  failureOf,
  isOver,
  promptOf,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import { openingOf, type StartPorts } from "./attempt-start.ts";
import type { CollectEvidence } from "./evidence.ts";
import type { RunCheck } from "./task-checks.ts";

export interface JobPorts extends StartPorts {
  readonly tasks: TaskStore;
  readonly attempts: AttemptStore;
  readonly agents: Pick<AgentStore, "get">;
  readonly messages: Pick<MessageStore, "byKey">;
  readonly connectorOf: (kind: Connector["kind"]) => Connector | undefined;
  readonly terminals: () => Terminals;
  readonly clock: Clock;
  readonly check: RunCheck;
  readonly evidence: CollectEvidence;
  /** The commit that stands in its folder. */
  readonly base: (terminal: Terminal, signal: AbortSignal) => Promise<string | null>;
  readonly failpoint: ((name: AttemptFailpoint) => void) | undefined;
}

/** An attempt at its task, as read last; the signal ends what is done for it. */
export interface Job {
  readonly attempt: AttemptView;
  readonly task: TaskRecord;
  readonly signal: AbortSignal;
}

/** Its id for the agent's inbox: one prompt, however often a daemon dies. */
export function keyOf({ taskId, fence }: Pick<AttemptView, "taskId" | "fence">): string {
  return `${taskId}:${fence}`;
}

export async function open(ports: JobPorts, { attempt, task, signal }: Job): Promise<void> {
  const { attempts, clock, failpoint } = ports;
  const lease = { id: task.id, fence: task.fence };
  try {
    const agent = await ports.agents.get(attempt.agentId);
    const connector = ports.connectorOf(agent.connector);
    if (connector === undefined) throw undriven(agent.connector);
    await connector.open(openingOf(ports, { attempt, task, agent }));
    failpoint?.("attempt.after-launch");
    const terminal = ports.terminals().byId(attempt.terminalId);
    if (terminal === undefined) throw new ConductorError("agent.gone", "its terminal is not there");
    const base = await ports.base(terminal, signal);
    const folder = terminal.record.cwd;
    await attempts.move(lease, { signal: "open", folder, base }, clock.now());
    failpoint?.("attempt.after-open");
  } catch (error) {
    if (signal.aborted) return;
    const end = failedEnd(failureOf(error), clock.now());
    await attempts.move(lease, { signal: "end", end }, clock.now());
  }
}

/** Resolves with how the agent's turn ended; undefined where nobody wants to know any more. */
export async function prompt(ports: JobPorts, job: Job): Promise<AttemptEnd | undefined> {
  const { attempts, clock, failpoint } = ports;
  const { attempt, task, signal } = job;
  const lease = { id: task.id, fence: task.fence };
  if (attempt.state === "opened") {
    await attempts.move(lease, { signal: "prompt" }, clock.now());
    failpoint?.("attempt.after-prompt");
  }
  try {
    const session = await reopened(ports, job);
    if (session === undefined) return (await endedBefore(ports, attempt)) ?? gone(ports);
    const key = keyOf(attempt);
    const ended = await session.prompt({ key, text: promptOf(task), from: "daemon" }, { signal });
    failpoint?.("attempt.after-turn");
    return endOfTurn(ended, clock.now());
  } catch (error) {
    return signal.aborted ? undefined : failedEnd(failureOf(error), clock.now());
  }
}

const CHECK_MS = 30 * 60_000;

export async function check(ports: JobPorts, job: Job, command: string): Promise<void> {
  const { attempts, clock, failpoint } = ports;
  const { attempt, task, signal } = job;
  const lease = { id: task.id, fence: task.fence };
  const terminal = ports.terminals().byId(attempt.terminalId);
  if (terminal === undefined) throw new Error(`the terminal ${attempt.terminalId} is not known`);
  const timeoutMs = task.execution.timeoutMs ?? CHECK_MS;
  const run = await ports.check(terminal, command, { timeoutMs, signal });
  failpoint?.("attempt.after-run");
  if (signal.aborted) return;
  await attempts.move(lease, { signal: "check", check: run }, clock.now());
  failpoint?.("attempt.after-check");
}

export async function settle(ports: JobPorts, job: Job, outcome: AttemptOutcome): Promise<void> {
  const { attempts, clock, failpoint } = ports;
  const { attempt, task, signal } = job;
  const lease = { id: task.id, fence: task.fence };
  const terminal = ports.terminals().byId(attempt.terminalId);
  const since = clock.now();
  const evidence = await ports.evidence({ attempt, terminal, signal });
  failpoint?.("attempt.after-evidence");
  if (signal.aborted) return;
  const now = clock.now();
  await attempts.settle(lease, outcome, { evidence, ms: now - since }, now);
  failpoint?.("attempt.after-settle");
}

/** How long an agent may take to stop before it is ended. */
const STOP_MS = 10_000;

/** Its terminal is kept for another task, or for the next attempt at this one, or ended. */
export async function release(ports: JobPorts, { attempt, task }: Job): Promise<void> {
  const { attempts, clock, failpoint } = ports;
  const session = await sessionOf(ports, attempt);
  if (session !== undefined) {
    const hasStopped = await stopped(ports, session, keyOf(attempt));
    if (!hasStopped || !(await isKept(ports, attempt, task))) await session.close();
  }
  failpoint?.("attempt.after-close");
  await attempts.release({ id: attempt.taskId, fence: attempt.fence }, clock.now());
  failpoint?.("attempt.after-release");
}

/** Its turn is over, or has been interrupted. */
async function stopped({ clock }: JobPorts, session: AgentSession, key: string): Promise<boolean> {
  const until = clock.now() + STOP_MS;
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unheard = session.onUpdate(() => resolve());
    const cancel = clock.after(STOP_MS / 10, resolve);
    try {
      if (await session.cancel(key)) return true;
      if (clock.now() >= until) return false;
      await promise;
    } catch {
      return false;
    } finally {
      unheard();
      cancel();
    }
  }
}

async function isKept(ports: JobPorts, attempt: AttemptView, task: TaskRecord): Promise<boolean> {
  if (!isOver(task.state) && attempt.state !== "lost") return true;
  if (attempt.worktree !== null || task.execution.fresh) return false;
  const agent = await ports.agents.get(attempt.agentId).catch(() => undefined);
  if (agent === undefined || agent.state === "disabled") return false;
  const idle = (await ports.attempts.idle()).filter(
    (id) => ports.terminals().byId(id)?.record.agentId === agent.id,
  );
  return idle.length < agent.maxConcurrency;
}

async function sessionOf(
  ports: JobPorts,
  { agentId, terminalId }: AttemptView,
): Promise<AgentSession | undefined> {
  const agent = await ports.agents.get(agentId).catch(() => undefined);
  const kind = agent?.connector ?? "tmux";
  return ports.connectorOf(kind)?.adopt(terminalId);
}

/** What runs is opened again: without a pane its next process needs the environment, which is nowhere stored. */
async function reopened(
  ports: JobPorts,
  { attempt, task }: Job,
): Promise<AgentSession | undefined> {
  if ((await sessionOf(ports, attempt)) === undefined) return undefined;
  const agent = await ports.agents.get(attempt.agentId);
  return ports.connectorOf(agent.connector)?.open(openingOf(ports, { attempt, task, agent }));
}

/** Its turn may have ended well before it left. */
async function endedBefore(
  { messages, clock }: JobPorts,
  attempt: AttemptView,
): Promise<AttemptEnd | undefined> {
  const turn = (await messages.byKey(attempt.terminalId, keyOf(attempt)))?.turn;
  if (turn == null || turn.state !== "completed") return undefined;
  return endOfTurn({ stopReason: "end_turn", turn, usage: null }, clock.now());
}

function gone({ clock }: JobPorts): AttemptEnd {
  const error = new ConductorError("agent.gone", "its agent has ended before its turn did");
  return failedEnd(failureOf(error), clock.now());
}

function undriven(kind: string): ConductorError {
  return new ConductorError("usage.invalid", `nothing drives agents by ${kind} here`, {
    hint: "register it with --connector tmux",
  });
}
