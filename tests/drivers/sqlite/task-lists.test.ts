import { expect, test } from "vitest";
import { taskWorld } from "../../support/tasks.ts";

test("tasks of several states come newest first, and page by page without a gap", async () => {
  const { add, claim, tasks, clock } = taskWorld();
  await add({ title: "a" }, { title: "b" }, { title: "c" }, { title: "d" });
  const held = await claim();
  await tasks.cancel(
    (await tasks.list({}))[1]?.id ?? "",
    { by: "human", reason: "x" },
    clock.now(),
  );
  const titles = async (before?: number) =>
    (await tasks.list({ states: ["queued", "claimed"], before, limit: 2 })).map(
      ({ title }) => title,
    );
  expect(await titles()).toEqual(["d", "b"]);
  const [, last] = await tasks.list({ states: ["queued", "claimed"], limit: 2 });
  expect(await titles(last?.seq)).toEqual(["a"]);
  expect((await tasks.list({ states: ["claimed"] })).map(({ id }) => id)).toEqual([held.id]);
  expect(await tasks.list({ states: [] })).toEqual([]);
});

test("filters hold together", async () => {
  const { add, claim, tasks } = taskWorld();
  const group = { key: "api", limit: 5 };
  await add(
    { title: "a", type: "test", labels: ["ts"], group },
    { title: "b", type: "test", queue: "night" },
    { title: "c", labels: ["ts", "css"] },
  );
  const titles = async (filter: Parameters<typeof tasks.list>[0]) =>
    (await tasks.list(filter)).map(({ title }) => title);
  expect(await titles({ label: "ts" })).toEqual(["c", "a"]);
  expect(await titles({ type: "test", queue: "night" })).toEqual(["b"]);
  expect(await titles({ group: "api", states: ["queued", "done"] })).toEqual(["a"]);
  await claim();
  expect(await titles({ terminalId: "t_1", states: ["claimed", "running"] })).toEqual(["a"]);
  expect(await titles({ terminalId: "t_1", states: ["done"] })).toEqual([]);
});

test("groups are counted by their queue, and only states that there are", async () => {
  const { add, claim, tasks } = taskWorld();
  const group = { key: "api", limit: 5 };
  await add(
    { title: "a", group },
    { title: "b", group },
    { title: "c" },
    { title: "d", queue: "q" },
  );
  await claim();
  expect(await tasks.groupCounts()).toEqual([
    { queue: "default", group: null, states: { queued: 1 } },
    { queue: "default", group: "api", states: { claimed: 1, queued: 1 } },
    { queue: "q", group: null, states: { queued: 1 } },
  ]);
});
