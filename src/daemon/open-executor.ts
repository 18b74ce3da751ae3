/** The parts that do tasks, put together: who gets one, what is done for it, and who takes it unasked. */
import { homedir } from "node:os";
import { ConductorError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { Logger } from "../base/log.ts";
import type { Routing } from "../contract/agents.ts";
import type { AutoSetting, AutoView, TaskWhy } from "../contract/execution.ts";
import type { AgentStore, Connector } from "../core/agents/index.ts";
import type { ApprovalStore } from "../core/approvals/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { DecisionStore } from "../core/policy/index.ts";
import {
  type AutoStore,
  boundSize,
  isAttemptOver,
  isHeld,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Blobs, PolicyFiles } from "../drivers/files/index.ts";
import { type CommandPorts, createAgentCommands } from "./agent-commands.ts";
import type { Agents } from "./agents.ts";
import type { JobPorts } from "./attempt-jobs.ts";
import { Auto } from "./auto.ts";
import { baseOf, createEvidence } from "./evidence.ts";
import { Executor } from "./executor.ts";
import { createOwnChecks } from "./own-checks.ts";
import { createChecks } from "./task-checks.ts";
import { createRouting } from "./task-routing.ts";
import { whyLeft, whyTask } from "./task-why.ts";

export interface OpenExecutorPorts
  extends Omit<JobPorts, "check" | "evidence" | "base" | "agents" | "connectorOf">,
    CommandPorts {
  readonly agents: AgentStore;
  readonly registry: Pick<Agents, "candidates">;
  readonly connectors: Readonly<Record<string, Connector>>;
  readonly auto: AutoStore;
  readonly approvals: ApprovalStore;
  readonly decisions: DecisionStore;
  readonly journal: Journal;
  readonly policies: PolicyFiles;
  readonly blobs: Blobs;
  readonly log: Logger;
  readonly sessionFile: (terminalId: string) => Promise<string | undefined>;
}

/** What the doors may call. */
export interface TaskWork {
  /** The store, in which what an agent hands in by itself is only one step of the attempt at its task. */
  readonly tasks: TaskStore;
  readonly blobs: Pick<Blobs, "read">;
  /** @throws {ConductorError} `state.conflict` where nobody can take it now; what a claim can be refused with */
  execute(ref: string): Promise<{ readonly task: TaskRecord; readonly routing: Routing }>;
  why(ref: string): Promise<Omit<TaskWhy, "task"> & { readonly task: TaskRecord }>;
  auto(): Promise<AutoView>;
  turn: Auto["turn"];
  setting(): Promise<AutoSetting>;
  /** Goes on with what the daemon before left. */
  start(): Promise<void>;
}

export function openExecutor(ports: OpenExecutorPorts, lifetime: Lifetime): TaskWork {
  const { tasks, attempts, agents, terminals } = ports;
  const run = createAgentCommands(ports);
  const routing = createRouting({ ...ports, agents: ports.registry, home: homedir() });
  const check = createChecks({ ...ports, run });
  const ownCheck = createOwnChecks({ ...ports, check, signal: lifetime.signal });
  const executor = new Executor({
    ...ports,
    check,
    evidence: createEvidence({ ...ports, run }),
    base: (terminal, signal) => baseOf({ run }, terminal, signal),
    connectorOf: (kind) => ports.connectors[kind],
  });
  lifetime.own(executor);
  const auto = new Auto({ ...ports, store: ports.auto, routing, executor });
  lifetime.own(auto);
  const asked = { ...ports, autoStore: ports.auto, auto, route: routing.route };
  return {
    tasks: handedIn(tasks, executor),
    blobs: ports.blobs,
    execute: async (ref) => {
      const task = await tasks.get(ref);
      const picked = await routing.route(task);
      if (picked.picked === null) throw unrouted(task, picked);
      await executor.execute(task, picked);
      return { task: await tasks.get(task.id), routing: picked };
    },
    why: (ref) => whyTask(asked, ref),
    auto: async () => {
      // One that is over only waits for its terminal to be let go.
      const open = (await attempts.open()).filter(({ state }) => !isAttemptOver(state));
      const running = open.map(async (attempt) => {
        const { id: task, title } = await tasks.get(attempt.taskId);
        const agent = await agents.get(attempt.agentId).catch(() => undefined);
        const terminal = terminals().byId(attempt.terminalId)?.record.name;
        return {
          task,
          title,
          attempt: attempt.attempt,
          state: attempt.state,
          agent: agent?.name ?? attempt.agentId,
          terminal: terminal ?? attempt.terminalId,
          since: attempt.createdAt,
        };
      });
      const waiting = await whyLeft(asked, MOST_SHOWN);
      return { ...(await auto.setting()), running: await Promise.all(running), ...waiting };
    },
    turn: (to, how) => auto.turn(to, how),
    setting: () => auto.setting(),
    start: async () => {
      await executor.start();
      auto.start();
    },
  };

  /** An attempt's outcome is its executor's: its check has yet to pass, and its evidence to be collected. */
  function handedIn(store: TaskStore, by: Executor): TaskStore {
    return {
      ...store,
      complete: async (lease, outcome, now) => {
        const { result, evidence = [] } = outcome;
        boundSize("result", result);
        const attempt = await by.report(lease, { failure: null, result });
        if (attempt === undefined) {
          const task = await store.get(lease.id);
          const isOurs = isHeld(task.state) && task.fence === lease.fence;
          const shown = isOurs ? await ownCheck(task) : [];
          const whole = { result, evidence: [...evidence, ...shown] };
          return store.complete(lease, whole, shown.length === 0 ? now : ports.clock.now());
        }
        return evidence.length === 0
          ? store.get(lease.id)
          : store.addEvidence(lease, evidence, now);
      },
      fail: async (lease, failure, evidence, now) => {
        const told = { ...failure, retryAt: failure.retryAt ?? null };
        const attempt = await by.report(lease, { failure: told, result: null });
        if (attempt === undefined) return store.fail(lease, failure, evidence, now);
        return evidence.length === 0
          ? store.get(lease.id)
          : store.addEvidence(lease, evidence, now);
      },
    };
  }
}

const MOST_SHOWN = 20;

function unrouted({ id }: TaskRecord, { why, outcome, table }: Routing): ConductorError {
  const hint = outcome === "nobody" ? "conductor ai list" : `conductor task why ${id}`;
  return new ConductorError("state.conflict", `nobody can take task ${id} now: ${why}`, {
    hint: table.length === 0 ? "conductor ai register fixer --provider claude-code" : hint,
    data: { task: id, outcome },
  });
}
