import { expect, test } from "vitest";
import { createTaskDesk } from "../../src/daemon/tasks.ts";
import { taskWorld } from "../support/tasks.ts";

const agent = { kind: "agent", terminalId: "t_1" } as const;
const human = { kind: "human" } as const;

function desk() {
  const world = taskWorld();
  const terminals = () => ({ byId: () => undefined });
  return { ...world, desk: createTaskDesk({ ...world, terminals }) };
}

test("an agent claims one task at a time; the same call again gives the same task", async () => {
  const { desk: tasks, add } = desk();
  const [first, second] = await add({ title: "one" }, { title: "two" });
  const claimed = await tasks.claim(agent, {});
  expect(claimed).toMatchObject({ id: first?.id, lease: { owner: "agent:t_1" } });
  expect(await tasks.claim(agent, {})).toMatchObject({ id: first?.id, fence: claimed?.fence });
  await expect(tasks.claim(agent, { id: second?.id ?? "" })).rejects.toMatchObject({
    code: "task.wrong_state",
    hint: expect.stringContaining("complete or fail"),
  });
});

test("an agent's terminal stands for its fence", async () => {
  const { desk: tasks, tasks: store, clock, add } = desk();
  const [task] = await add({});
  await expect(tasks.leaseOf(agent, {})).rejects.toMatchObject({ code: "task.lease_lost" });
  await tasks.claim(agent, {});
  const lease = await tasks.leaseOf(agent, {});
  expect(lease).toEqual({ id: task?.id, fence: 1 });
  await expect(tasks.leaseOf(agent, { task: "task_other" })).rejects.toMatchObject({
    code: "task.lease_lost",
  });
  await store.complete(lease, { result: null }, clock.now());
  await expect(tasks.leaseOf(agent, {})).rejects.toMatchObject({ code: "task.lease_lost" });
});

test("whoever ended a task is told that it is over, and by whom, and not that another has it", async () => {
  const { desk: tasks, tasks: store, clock, add } = desk();
  const [task] = await add({});
  await tasks.claim(agent, {});
  const lease = await tasks.leaseOf(agent, {});
  await store.complete(lease, { result: null }, clock.now());
  expect(await tasks.leaseOf(agent, { task: task?.id })).toEqual(lease);
  const over = {
    code: "task.lease_lost",
    message: `task ${lease.id} is done already, by agent:t_1`,
    data: { state: "done", by: "agent:t_1" },
  };
  const now = clock.now();
  await expect(store.heartbeat(lease, undefined, now)).rejects.toMatchObject(over);
  await expect(store.release(lease, "not now", now)).rejects.toMatchObject(over);
  await expect(store.wait(lease, "a person", now)).rejects.toMatchObject(over);
  const failure = { class: "permanent", code: "x", message: "y" } as const;
  await expect(store.fail(lease, failure, [], now)).rejects.toMatchObject(over);
  const old = { ...lease, fence: 0 };
  await expect(store.release(old, "not now", now)).rejects.toMatchObject({
    message: expect.stringContaining("is lost"),
  });
});

test("a person shows the fence of the claim, and may hold several tasks", async () => {
  const { desk: tasks, add } = desk();
  await add({}, {});
  const one = await tasks.claim(human, {});
  const two = await tasks.claim(human, {});
  expect(one?.id).not.toBe(two?.id);
  await expect(tasks.leaseOf(human, { task: "task_1" })).rejects.toMatchObject({
    code: "usage.invalid",
  });
  expect(await tasks.leaseOf(human, { task: "task_1", fence: 3 })).toEqual({
    id: "task_1",
    fence: 3,
  });
});

test("when the queue is empty there is nothing to claim", async () => {
  expect(await desk().desk.claim(human, {})).toBeUndefined();
});
