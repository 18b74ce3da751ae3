import { expect, test } from "vitest";
import type { OnFailed } from "../../../src/contract/tasks.ts";
import { asked, leaseOf, taskWorld } from "../../support/tasks.ts";

const broken = { class: "permanent", code: "broken", message: "it cannot be done" } as const;

/** A parent, and a child that depends on it by this policy, with a grandchild that depends on the child. */
async function family(onFailed: OnFailed) {
  const world = taskWorld();
  const [parent, child, grandchild] = await world.add(
    { title: "parent", ref: "p" },
    { title: "child", ref: "c", dependsOn: [{ task: "p", onFailed }] },
    { title: "grandchild", dependsOn: [{ task: "c" }] },
  );
  if (parent === undefined || child === undefined || grandchild === undefined) throw new Error();
  const states = async () => {
    const all = await Promise.all([parent, child, grandchild].map(({ id }) => world.tasks.get(id)));
    return all.map(({ state }) => state);
  };
  const failParent = async () => {
    const lease = leaseOf(await world.claim());
    return world.tasks.fail(lease, broken, [], world.clock.now());
  };
  return { ...world, parent, child, grandchild, states, failParent };
}

test("a task waits for all that it depends on, and is queued with the last of them", async () => {
  const { tasks, clock, add, claim, verbs } = taskWorld();
  const [one, two, last] = await add(
    { title: "one" },
    { title: "two" },
    { title: "last", priority: -1_000, ref: "last" },
  );
  const on = [one, two].map((task) => ({ task: task?.id ?? "", onFailed: "skip" as const }));
  const id = last?.id ?? "";
  expect(await tasks.link(id, [...on, ...on], "human", clock.now())).toMatchObject({
    state: "blocked",
    openDependencies: 2,
  });
  await tasks.complete(leaseOf(await claim()), { result: null }, clock.now());
  expect(await tasks.get(id)).toMatchObject({ state: "blocked", openDependencies: 1 });
  await tasks.complete(leaseOf(await claim()), { result: null }, clock.now());
  expect(await tasks.get(id)).toMatchObject({ state: "queued", openDependencies: 0 });
  expect(await verbs(id)).toEqual(
    ["created", "blocked", "linked", "unblocked"].map((verb) => `task.${verb}`),
  );
  expect((await claim()).id).toBe(id);
});

test("tasks of one call depend on each other in any order of theirs", async () => {
  const { tasks, add } = taskWorld();
  const [last, first] = await add(
    { title: "last", dependsOn: [{ task: "a" }] },
    { title: "first", ref: "a" },
  );
  expect(last).toMatchObject({ state: "blocked", openDependencies: 1 });
  expect(await tasks.dependencies(first?.id ?? "")).toEqual({
    upstream: [],
    downstream: [
      { task: last?.id, title: "last", state: "blocked", onFailed: "skip", isOpen: true },
    ],
  });
});

test.for([
  ["skip", ["failed", "cancelled", "cancelled"]],
  ["fail", ["failed", "failed", "cancelled"]],
  ["run", ["failed", "queued", "blocked"]],
] as const)(
  "where a parent fails, `%s` says what becomes of its child: %j",
  async ([policy, after]) => {
    const { states, failParent } = await family(policy);
    await failParent();
    expect(await states()).toEqual(after);
  },
);

test("what was given up tells which task it was given up for", async () => {
  const { tasks, child, grandchild, failParent, parent } = await family("skip");
  await failParent();
  const upstream = { code: "upstream_failed", upstream: parent.id };
  expect((await tasks.get(child.id)).error).toMatchObject(upstream);
  expect((await tasks.get(grandchild.id)).error).toMatchObject({ upstream: child.id });
});

test("a retry brings back what the failure had taken down, however deep", async () => {
  const { tasks, clock, states, failParent, parent, claim } = await family("skip");
  await failParent();
  const again = await tasks.retry(parent.id, "human", clock.now());
  expect(again).toMatchObject({ state: "queued", attempt: 0, error: null, finishedAt: null });
  expect(await states()).toEqual(["queued", "blocked", "blocked"]);
  for (let left = 3; left > 0; left -= 1)
    await tasks.complete(leaseOf(await claim()), { result: null }, clock.now());
  expect(await states()).toEqual(["done", "done", "done"]);
});

test("what depends on a failed task is not tried again before that one", async () => {
  const { tasks, clock, failParent, parent, child } = await family("skip");
  await failParent();
  await expect(tasks.retry(child.id, "human", clock.now())).rejects.toMatchObject({
    code: "task.wrong_state",
    hint: expect.stringContaining(`task retry ${parent.id}`),
  });
});

test("a new task learns at once how those came out that it depends on", async () => {
  const { tasks, clock, add, failParent, parent } = await family("run");
  await failParent();
  const on = (onFailed: OnFailed) => ({ dependsOn: [{ task: parent.id, onFailed }] });
  const [skipped, failed, run] = await add(on("skip"), on("fail"), on("run"));
  expect([skipped, failed, run].map((task) => task?.state)).toEqual([
    "cancelled",
    "failed",
    "queued",
  ]);
  const [after] = await tasks.enqueue(
    [asked({ dependsOn: [{ task: skipped?.id ?? "", onFailed: "run" }] })],
    "human",
    clock.now(),
  );
  expect(after?.task.state).toBe("queued");
});

test("a circle is refused by name, in one call and by a later link, and leaves nothing behind", async () => {
  const { tasks, clock, add } = taskWorld();
  await expect(
    add(
      { title: "a", ref: "a", dependsOn: [{ task: "b" }] },
      {
        title: "b",
        ref: "b",
        dependsOn: [{ task: "a" }],
      },
    ),
  ).rejects.toMatchObject({ code: "task.cycle", message: expect.stringContaining('"a"') });
  await expect(add({ title: "self", ref: "s", dependsOn: [{ task: "s" }] })).rejects.toMatchObject({
    code: "task.cycle",
    message: '"self" cannot depend on itself',
  });
  expect(await tasks.list({})).toEqual([]);
  const [a, , c] = await add(
    { title: "a", ref: "a" },
    { title: "b", ref: "b", dependsOn: [{ task: "a" }] },
    { title: "c", dependsOn: [{ task: "b" }] },
  );
  const link = tasks.link(
    a?.id ?? "",
    [{ task: c?.id ?? "", onFailed: "run" }],
    "human",
    clock.now(),
  );
  await expect(link).rejects.toMatchObject({ code: "task.cycle" });
  expect(await tasks.get(a?.id ?? "")).toMatchObject({ state: "queued", openDependencies: 0 });
});

test("what somebody works on is given no further dependencies", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const [, other] = await add({}, {});
  const { id } = await claim();
  await expect(
    tasks.link(id, [{ task: other?.id ?? "", onFailed: "skip" }], "human", clock.now()),
  ).rejects.toMatchObject({ code: "task.wrong_state" });
});

test("an unknown dependency refuses the whole call", async () => {
  const { tasks, add } = taskWorld();
  await expect(add({}, { dependsOn: [{ task: "task_none" }] })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await tasks.counts()).queued).toBe(0);
});

test("a chain of two thousand falls in one piece", { timeout: 30_000 }, async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const chain = Array.from({ length: 2_000 }, (_, at) => ({
    ref: `t${at}`,
    dependsOn: at === 0 ? [] : [{ task: `t${at - 1}` }],
  }));
  await add(...chain);
  await tasks.fail(leaseOf(await claim()), broken, [], clock.now());
  expect(await tasks.counts()).toMatchObject({ failed: 1, cancelled: 1_999, blocked: 0 });
});
