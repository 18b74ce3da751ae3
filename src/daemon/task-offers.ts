/** What a caller can do of what waits in the queue. */
import { ConductorError } from "../base/errors.ts";
import type { ClaimRequest } from "../contract/task-calls.ts";
import { type ClaimFilter, suits, type TaskRecord } from "../core/tasks/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { Caller } from "./auth.ts";
import type { Services } from "./services.ts";

type Offer = NonNullable<ClaimFilter["offer"]>;

/** An agent takes what suits its terminal, and begins at once; a person whatever they want. */
export async function claimTask(
  services: Services,
  caller: Caller,
  asked: ClaimRequest,
): Promise<TaskRecord | undefined> {
  const { taskDesk, tasks, clock, terminals } = services;
  const own = caller.kind === "agent" ? terminals.byId(caller.terminalId) : undefined;
  const offer = own === undefined ? offerAsked(asked) : await offerOf(services, own);
  const filter = {
    ...(asked.queue === undefined ? {} : { queue: asked.queue }),
    ...(offer === undefined ? {} : { offer }),
  };
  if (asked.task === undefined) return begun(await taskDesk.claim(caller, filter));
  const named = await tasks.get(asked.task);
  if (!suits(named, offer)) throw unsuited(named);
  return begun(await taskDesk.claim(caller, { ...filter, id: named.id }));

  async function begun(task: TaskRecord | undefined): Promise<TaskRecord | undefined> {
    if (task === undefined || own === undefined || task.state === "running") return task;
    const { id: terminalId, agentId } = own.record;
    return tasks.start(task, { terminalId, agentId }, clock.now());
  }
}

function offerAsked({ labels, capabilities, agent }: ClaimRequest): Offer | undefined {
  if (labels === undefined && capabilities === undefined && agent === undefined) return undefined;
  return {
    labels: labels ?? [],
    capabilities: capabilities ?? [],
    agent: agent === undefined ? [] : [agent],
  };
}

/** What its launch and its profile say of it, and what it is registered as. */
async function offerOf({ agents, catalog }: Services, { record }: Terminal): Promise<Offer> {
  const { id, name, agentId, profile, labels } = record;
  const role = catalog.profiles().find((each) => each.name === profile);
  const registered =
    agentId === null ? undefined : (await agents.list()).find((each) => each.id === agentId);
  return {
    labels: [...labels, ...(role?.labels ?? []), ...(registered?.allLabels ?? [])],
    capabilities: [
      ...(role?.capabilities ?? []),
      ...(registered?.allCapabilities ?? []).map((capability) => capability.name),
    ],
    agent: [id, name, ...(registered === undefined ? [] : [registered.id, registered.name])],
  };
}

function unsuited({ id, labels, capabilities, agent }: TaskRecord): ConductorError {
  const wants = [
    ...(labels.length > 0 ? [`the labels ${labels.join(", ")}`] : []),
    ...(capabilities.length > 0 ? [`the capabilities ${capabilities.join(", ")}`] : []),
    ...(agent === null ? [] : [`the agent ${agent}`]),
  ];
  return new ConductorError("auth.refused", `task ${id} wants ${wants.join(" and ")}`, {
    hint: "claim the next one without naming it: that one suits",
    data: { task: id, labels, capabilities, agent },
  });
}
