import { expect, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import type { Signs } from "../../src/core/tasks/index.ts";
import { TASK_WATCH_MS, TaskWatch } from "../../src/daemon/task-watch.ts";
import { leaseOf, other, taskWorld } from "../support/tasks.ts";

const STALL_MS = 600_000;

function watched() {
  const world = taskWorld();
  const panes = new Map<string, Signs>([["t_1", { isLive: true, isWaiting: false, mark: "0" }]]);
  const newWatch = () =>
    new TaskWatch({
      tasks: world.tasks,
      clock: world.clock,
      log: silentLog,
      signs: (terminalId) => panes.get(terminalId),
      stallMs: STALL_MS,
      graceMs: 60_000,
    });
  let watch = newWatch();
  let turns = 0;
  /** Lets time go by in the watch's own steps; `moves`: the agent's screen goes on meanwhile. */
  const pass = async (ms: number, moves = false): Promise<void> => {
    for (let gone = 0; gone < ms; gone += TASK_WATCH_MS) {
      await world.clock.advance(TASK_WATCH_MS);
      turns += 1;
      const pane = panes.get("t_1");
      if (moves && pane !== undefined) panes.set("t_1", { ...pane, mark: String(turns) });
      await watch.tick();
    }
  };
  const restart = (): void => {
    watch = newWatch();
  };
  return { ...world, panes, pass, restart, tick: () => watch.tick() };
}

test("an agent that is seen to work keeps its task for hours", async () => {
  const { tasks, add, claim, pass } = watched();
  await add({});
  const { id, fence } = await claim();
  await pass(2 * 3_600_000, true);
  expect(await tasks.get(id)).toMatchObject({ state: "claimed", fence, attempt: 1 });
});

test("a hung agent loses its task to another, and then writes nothing any more", async () => {
  const { tasks, clock, add, claim, pass } = watched();
  await add({});
  const hung = await claim();
  await pass(STALL_MS + 120_000);
  expect(await tasks.get(hung.id)).toMatchObject({
    state: "queued",
    error: { code: "lease_expired", class: "retryable" },
  });
  await pass(60_000);
  const taken = await claim(other);
  expect(taken).toMatchObject({ id: hung.id, attempt: 2, fence: 2 });
  await expect(tasks.complete(leaseOf(hung), { result: null }, clock.now())).rejects.toMatchObject({
    code: "task.lease_lost",
    hint: expect.stringContaining("stop"),
  });
});

test("one that waits for a person does not lose it", async () => {
  const { tasks, panes, add, claim, pass } = watched();
  panes.set("t_1", { isLive: true, isWaiting: true, mark: "0" });
  await add({});
  const { id } = await claim();
  await pass(3 * STALL_MS);
  expect((await tasks.get(id)).state).toBe("claimed");
});

test("what an ended agent had claimed by itself is tried again at once, what the daemon claimed is the executor's", async () => {
  const { tasks, clock, panes, add, claim, tick } = watched();
  await add({ title: "own" }, { title: "given" });
  const own = await claim();
  const given = await claim({ owner: "daemon", terminalId: "t_1", agentId: null });
  panes.set("t_1", { isLive: false, isWaiting: false, mark: "0" });
  await tick();
  expect(await tasks.get(own.id)).toMatchObject({ state: "queued", error: { code: "agent_gone" } });
  expect((await tasks.get(given.id)).state).toBe("claimed");
  expect(clock.now()).toBeLessThan(given.lease?.until ?? 0);
});

test("a daemon that starts takes no lease to have run out before everybody had time to renew it", async () => {
  const { tasks, clock, panes, add, claim, pass, restart } = watched();
  panes.clear();
  await add({});
  const { id } = await claim();
  await clock.advance(3_600_000);
  restart();
  await pass(55_000);
  expect((await tasks.get(id)).state).toBe("claimed");
  await pass(30_000);
  expect((await tasks.get(id)).state).toBe("queued");
});

test("a machine that slept gives the same grace, and so does a clock that was set forward", async () => {
  const { tasks, clock, panes, add, claim, pass } = watched();
  await pass(120_000);
  panes.clear();
  await add({});
  const held = await claim();
  await clock.advance(8 * 3_600_000);
  await pass(30_000);
  const renewed = await tasks.heartbeat(leaseOf(held), undefined, clock.now());
  expect(renewed.state).toBe("claimed");
  await pass(55_000);
  expect((await tasks.get(held.id)).state).toBe("claimed");
});

test("a clock that was set back makes no lease longer than it is", async () => {
  const { tasks, clock, panes, add, claim, pass } = watched();
  panes.clear();
  await add({});
  const { id } = await claim();
  await clock.advance(-24 * 3_600_000);
  await pass(200_000);
  expect((await tasks.get(id)).state).toBe("queued");
});

test("attempts that run out one after another end in the dead letters", async () => {
  const { tasks, panes, add, claim, pass, verbs } = watched();
  panes.clear();
  const [task] = await add({ maxAttempts: 2 });
  const id = task?.id ?? "";
  await claim();
  await pass(300_000);
  await claim();
  await pass(300_000);
  expect(await tasks.get(id)).toMatchObject({ state: "dead", attempt: 2 });
  expect((await verbs(id)).at(-1)).toBe("task.buried");
});
