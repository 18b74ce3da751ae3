/** Where an attempt works: by which terminal, in which folder, and with whose rights. */
import type { Environment } from "../base/environment.ts";
import { ConductorError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { AgentRecord, Routing } from "../contract/agents.ts";
import { strictestLevel } from "../contract/decisions.ts";
import type { AttemptView } from "../contract/execution.ts";
import type { OpenSession } from "../core/agents/index.ts";
import { terminalOfActor } from "../core/messages/index.ts";
import type { AttemptStore, NewAttempt, TaskRecord } from "../core/tasks/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import { ungated } from "./worker-environment.ts";

export interface StartPorts {
  readonly attempts: AttemptStore;
  readonly terminals: () => Terminals;
  /** The daemon's own. */
  readonly env: Environment;
}

/** The folder that a task is for; undefined where it names none. */
export function folderOf(
  { terminals }: Pick<StartPorts, "terminals">,
  { execution, project, createdBy }: TaskRecord,
): string | undefined {
  const creator = terminals().byId(terminalOfActor(createdBy) ?? "");
  return execution.cwd ?? project ?? creator?.record.cwd;
}

/** Claims the task for the agent that was picked, and writes down where it is done. @throws {ConductorError} what a claim can be refused with */
export async function beginAttempt(
  ports: StartPorts,
  { task, routing, now }: { task: TaskRecord; routing: Routing; now: number },
): Promise<AttemptView> {
  const { picked } = routing;
  if (picked === null) throw new ConductorError("state.conflict", routing.why);
  const fresh = { terminalId: newId("t", now), origin: "fresh" } as const;
  const asked: NewAttempt = {
    taskId: task.id,
    owner: "daemon",
    agentId: picked,
    routing,
    worktree: task.execution.worktree ? worktreeOf(task) : null,
    places: [...(await known(ports, task, picked)), fresh],
  };
  return ports.attempts.claim(asked, now);
}

/** One for all attempts at a task, and for no other. */
function worktreeOf({ id }: TaskRecord): string {
  return `task-${id.slice("task_".length).slice(-12)}`;
}

/** Terminals that are there already: that of the attempt before, with its conversation, else an idle one. */
async function known(
  ports: StartPorts,
  task: TaskRecord,
  agentId: string,
): Promise<NewAttempt["places"]> {
  if (task.execution.fresh) return [];
  const [before] = await ports.attempts.of(task.id);
  const resumed =
    // One that never came up is no use to the next attempt.
    before?.agentId === agentId &&
    before.folder !== null &&
    ports.terminals().byId(before.terminalId) !== undefined
      ? [{ terminalId: before.terminalId, origin: "resumed" as const }]
      : [];
  if (task.execution.worktree) return resumed;
  const ids = await ports.attempts.idle();
  const warm = ids
    .flatMap((id) => ports.terminals().byId(id) ?? [])
    .filter((terminal) => isFit(ports, terminal, { task, agentId }))
    .map(({ record }) => ({ terminalId: record.id, origin: "warm" as const }));
  return [...resumed, ...warm];
}

function isFit(
  ports: StartPorts,
  terminal: Terminal,
  { task, agentId }: { readonly task: TaskRecord; readonly agentId: string },
): boolean {
  const { record, status, isLive, isLeaving } = terminal;
  if (!isLive || isLeaving || record.agentId !== agentId || record.worktree !== null) return false;
  if (status.status !== "idle" || status.composer !== "empty" || status.detail === "limited")
    return false;
  const { gate, network } = creatorRights(ports, task);
  const isStrict = strictestLevel([record.launch.gate, gate]) === record.launch.gate;
  const isShut = network !== "off" || record.launch.network === "off";
  return isStrict && isShut && record.cwd === folderOf(ports, task);
}

/** What an agent asks for is done with no more rights than it has itself. */
function creatorRights(
  { terminals }: Pick<StartPorts, "terminals">,
  { createdBy }: TaskRecord,
): Pick<Terminal["record"]["launch"], "gate" | "network"> {
  return terminals().byId(terminalOfActor(createdBy) ?? "")?.record.launch ?? {};
}

/** @throws {ConductorError} `usage.invalid` where the task names no folder */
export function openingOf(
  ports: StartPorts,
  { attempt, task, agent }: { attempt: AttemptView; task: TaskRecord; agent: AgentRecord },
): OpenSession {
  const cwd = folderOf(ports, task);
  if (cwd === undefined)
    throw new ConductorError("usage.invalid", "the task names no folder to work in", {
      hint: "create it with --cwd",
    });
  const { gate, network } = creatorRights(ports, task);
  return {
    id: attempt.terminalId,
    agent: agent.id,
    cwd,
    worktree: attempt.worktree ?? undefined,
    gate,
    network: network === "off" ? network : undefined,
    env: ungated(ports.env),
  };
}
