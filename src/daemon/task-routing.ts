/** Who gets a task: the router over those that are registered, and what the policies say to each. */
import type { Routing } from "../contract/agents.ts";
import { type Candidate, route } from "../core/agents/index.ts";
import { terminalOfActor } from "../core/messages/index.ts";
import { decideClaim } from "../core/policy/index.ts";
import type { AttemptStore, TaskRecord } from "../core/tasks/index.ts";
import type { PolicyFiles } from "../drivers/files/index.ts";
import type { Agents } from "./agents.ts";
import { folderOf, type StartPorts } from "./attempt-start.ts";

export interface RoutingPorts extends Pick<StartPorts, "terminals"> {
  readonly agents: Pick<Agents, "candidates">;
  readonly attempts: Pick<AttemptStore, "load">;
  readonly policies: PolicyFiles;
  readonly home: string;
}

export interface TaskRouting {
  /** Which agent would get it now. */
  readonly route: (task: TaskRecord) => Promise<Routing>;
  /** Who can take one more task now, whatever task. */
  readonly free: () => Promise<readonly Candidate[]>;
}

type Asked = Parameters<Agents["candidates"]>[0];

export function createRouting(ports: RoutingPorts): TaskRouting {
  /** An agent has what it worked on until its terminal is let go. */
  const seen = async (asked: Asked): Promise<Candidate[]> => {
    const [candidates, load] = await Promise.all([
      ports.agents.candidates(asked),
      ports.attempts.load(),
    ]);
    return candidates.map((each) => ({
      ...each,
      running: Math.max(each.running, load.get(each.id) ?? 0),
    }));
  };
  return {
    route: async (task) => {
      const { capabilities, labels, agent, type, queue, createdBy } = task;
      const folder = folderOf(ports, task);
      const workspace = folder ?? ports.home;
      const by = terminalOfActor(createdBy) === undefined ? "human" : "agent";
      const policy: Asked["policy"] = ({ name }) => {
        const { layers } = ports.policies.inForce({ workspace, agent: name });
        return decideClaim({ type, queue, labels, createdBy: by, agent: name }, layers);
      };
      const candidates = (await seen({ project: folder ?? null, policy })).map((each) =>
        // One that has been claimed is no load in its own way.
        each.id === task.agentId ? { ...each, running: each.running - 1 } : each,
      );
      return route({ capabilities, labels, ...(agent === null ? {} : { agent }) }, candidates);
    },
    free: async () => {
      const everyone = await seen({
        project: null,
        policy: () => ({ effect: "allow", reason: "" }),
      });
      return everyone.filter(
        ({ state, illness, running, maxConcurrency }) =>
          state === "enabled" && illness === null && running < maxConcurrency,
      );
    },
  };
}
