/** What is taken unasked, and what stays for another time. */
import { expect, onTestFinished, test } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import { silentLog } from "../../src/base/log.ts";
import type { Routing } from "../../src/contract/agents.ts";
import { attemptView } from "../../src/contract/execution.ts";
import type { Candidate } from "../../src/core/agents/index.ts";
import { Auto } from "../../src/daemon/auto.ts";
import { attemptOf } from "../support/attempts.ts";
import { taskWorld } from "../support/tasks.ts";

const fixer: Candidate = {
  id: "ag_1",
  name: "fixer",
  state: "enabled",
  capabilities: [],
  labels: [],
  illness: null,
  policy: { effect: "allow", reason: "" },
  running: 0,
  maxConcurrency: 1,
  recentFailures: 0,
  knowsProject: false,
  isWarm: false,
};
const picked: Routing = { picked: "ag_1", outcome: "picked", why: "the only one", table: [] };
const later: Routing = { picked: null, outcome: "later", why: "it is busy", table: [] };

/** @param refusal  what becomes of the next claim; none where it succeeds */
async function taking(refusal?: ConductorError) {
  const world = taskWorld();
  const taken: string[] = [];
  const state = { refusal, routing: picked };
  const auto = new Auto({
    ...world,
    store: world.auto,
    log: silentLog,
    routing: { route: async () => state.routing, free: async () => [fixer] },
    executor: {
      execute: async (task) => {
        if (state.refusal !== undefined) throw state.refusal;
        const claimer = { owner: "daemon", terminalId: null, agentId: "ag_1" };
        await world.tasks.claim(task.id, claimer, world.clock.now());
        taken.push(task.title);
        return attemptView.parse(attemptOf({ taskId: task.id }));
      },
      releaseAll: async () => undefined,
    },
  });
  onTestFinished(() => auto[Symbol.dispose]());
  await auto.turn({ on: true, queues: ["default"] }, { by: "human", release: false });
  return { ...world, auto, taken, state };
}

test("what could not be claimed for want of room on the disk is claimed once there is some", async () => {
  const { add, clock, state, taken } = await taking(new ConductorError("store.full", "no room"));
  await add({ title: "one" }, { title: "two" });
  await clock.advance(5_000);
  expect(taken).toEqual([]);
  state.refusal = undefined;
  await clock.advance(2_000);
  expect(taken).toEqual(["one", "two"]);
});

test.for([
  ["whose claim was refused", new ConductorError("task.locked", "two has src/**"), picked],
  ["for which those that fit were busy", undefined, later],
] as const)("a task %s is taken when something happens", async ([, refusal, routing]) => {
  const { auto, add, clock, state, taken } = await taking(refusal);
  state.routing = routing;
  const [one] = await add({ title: "one" });
  await clock.advance(60_000);
  expect(auto.left.get(one?.id ?? "")).toMatch(/has src|is busy/);
  state.refusal = undefined;
  state.routing = picked;
  await add({ title: "two" });
  await clock.advance(0);
  expect(taken.toSorted()).toEqual(["one", "two"]);
});
