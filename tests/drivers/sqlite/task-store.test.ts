import { expect, test } from "vitest";
import { asked, leaseOf, other, taskWorld, worker } from "../../support/tasks.ts";

const refusedBy = (code: string) => expect.objectContaining({ code });

test("a task is created, claimed, begun and done, each with its event", async () => {
  const { tasks, clock, add, claim, verbs, journal } = taskWorld();
  const [task] = await add({ labels: ["b", "a", "a"], payload: { n: 1 } });
  expect(task).toMatchObject({ state: "queued", labels: ["a", "b"], attempt: 0, lease: null });
  const claimed = await claim();
  expect(claimed).toMatchObject({
    id: task?.id,
    state: "claimed",
    attempt: 1,
    fence: 1,
    lease: { owner: worker.owner, until: clock.now() + 60_000 },
    terminalId: "t_1",
  });
  const lease = leaseOf(claimed);
  const where = { terminalId: "t_9", agentId: "ag_1" };
  expect(await tasks.start(lease, where, clock.now())).toMatchObject({
    state: "running",
    ...where,
  });
  const progress = { share: 0.5, note: "half" };
  expect(await tasks.heartbeat(lease, progress, clock.now())).toMatchObject({ progress });
  const evidence = [
    { kind: "note", summary: "it works", blob: null, bytes: null, data: {} },
  ] as const;
  const outcome = { result: { answer: 42 }, evidence };
  const done = await tasks.complete(lease, outcome, clock.now());
  expect(done).toMatchObject({
    state: "done",
    result: { answer: 42 },
    evidence: [{ summary: "it works", attempt: 1, at: clock.now() }],
    lease: null,
    finishedAt: clock.now(),
  });
  expect(await verbs(claimed.id)).toEqual(
    ["created", "claimed", "started", "progressed", "completed"].map((verb) => `task.${verb}`),
  );
  expect(await journal.verify()).toBeUndefined();
});

test("the same completion again gives the task, and tells nothing twice", async () => {
  const { tasks, add, claim, verbs } = taskWorld();
  await add({});
  const lease = leaseOf(await claim());
  await tasks.complete(lease, { result: { a: 1 } }, 1);
  const again = await tasks.complete(lease, { result: { a: 2 } }, 2);
  expect(again.result).toEqual({ a: 1 });
  expect((await verbs(lease.id)).filter((verb) => verb === "task.completed")).toHaveLength(1);
});

test("smaller priorities come first, and among equals what came first", async () => {
  const { add, claim } = taskWorld();
  await add({ title: "b", priority: 1 }, { title: "c", priority: 1 }, { title: "a", priority: -1 });
  const titles = [await claim(), await claim(), await claim()].map(({ title }) => title);
  expect(titles).toEqual(["a", "b", "c"]);
});

test("who waited ten minutes a step longer comes before a more urgent one", async () => {
  const { clock, add, claim } = taskWorld();
  await add({ title: "patient", priority: 3 });
  await clock.advance(31 * 60_000);
  await add({ title: "urgent", priority: 0 });
  expect((await claim()).title).toBe("patient");
});

test("a claimer gets only what it can do", async () => {
  const { tasks, clock, add } = taskWorld();
  await add(
    { title: "docs", labels: ["docs"] },
    { title: "edit", labels: ["test"], capabilities: ["edit"] },
    { title: "hers", agent: "fixer" },
  );
  const next = async (offer: { labels?: string[]; capabilities?: string[]; agent?: string[] }) => {
    const whole = { labels: [], capabilities: [], agent: [], ...offer };
    return (await tasks.claimNext(worker, { offer: whole }, clock.now()))?.title;
  };
  expect(await next({})).toBeUndefined();
  expect(await next({ labels: ["test"] })).toBeUndefined();
  expect(await next({ labels: ["test", "code"], capabilities: ["edit"] })).toBe("edit");
  expect(await next({ agent: ["ag_1", "fixer"] })).toBe("hers");
  expect(await next({ labels: ["docs"] })).toBe("docs");
});

test("a lost lease is refused by its name, whatever is written with it", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add({});
  const old = leaseOf(await claim());
  await tasks.release(old, "no room", clock.now());
  const held = await claim(other);
  expect(held).toMatchObject({ attempt: 1, fence: 2 });
  const now = clock.now();
  const failure = { class: "permanent", code: "x", message: "x" } as const;
  const writes = [
    tasks.start(old, { terminalId: null, agentId: null }, now),
    tasks.heartbeat(old, undefined, now),
    tasks.addEvidence(old, [], now),
    tasks.complete(old, { result: null }, now),
    tasks.fail(old, failure, [], now),
    tasks.release(old, "x", now),
    tasks.wait(old, "x", now),
    tasks.acquireLocks(old, [], now),
  ];
  for (const outcome of await Promise.allSettled(writes))
    expect(outcome).toEqual({ status: "rejected", reason: refusedBy("task.lease_lost") });
  expect(await tasks.get(held.id)).toMatchObject({ state: "claimed", lease: held.lease });
});

test("the same key gives the same task, and another content is refused", async () => {
  const { tasks, clock } = taskWorld();
  const [first] = await tasks.enqueue([asked({ key: "k" })], "human", clock.now());
  const [again] = await tasks.enqueue([asked({ key: "k" })], "agent:t_1", clock.now());
  expect(again).toMatchObject({ existing: true, task: { id: first?.task.id } });
  await expect(
    tasks.enqueue([asked({ key: "k", payload: { other: 1 } })], "human", clock.now()),
  ).rejects.toMatchObject({ code: "state.conflict" });
  const [elsewhere] = await tasks.enqueue([asked({ key: "k", queue: "q" })], "human", clock.now());
  expect(elsewhere?.existing).toBe(false);
});
