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
  const later = { key: "k", runAt: clock.now() + 1_000 };
  const [again] = await tasks.enqueue([asked(later)], "agent:t_1", clock.now());
  expect(again).toMatchObject({ existing: true, task: { id: first?.task.id } });
  await expect(
    tasks.enqueue([asked({ key: "k", payload: { other: 1 } })], "human", clock.now()),
  ).rejects.toMatchObject({ code: "state.conflict" });
  const [elsewhere] = await tasks.enqueue([asked({ key: "k", queue: "q" })], "human", clock.now());
  expect(elsewhere?.existing).toBe(false);
});

test("of a group only so many run at a time, and the next when one is done", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const grouped = { title: "grouped", group: { key: "shop", limit: 2 } };
  const [, , third] = await add(grouped, grouped, grouped, { title: "free" });
  const first = await claim();
  await claim();
  expect((await claim()).title).toBe("free");
  expect(await tasks.claimNext(other, {}, clock.now())).toBeUndefined();
  await expect(tasks.claim(third?.id ?? "", other, clock.now())).rejects.toMatchObject({
    code: "task.locked",
    message: expect.stringContaining("group shop"),
  });
  await tasks.complete(leaseOf(first), { result: null }, clock.now());
  expect((await claim(other)).id).toBe(third?.id);
});

test("a queue of its own is claimed from only when it is named", async () => {
  const { tasks, clock, add } = taskWorld();
  await add({ queue: "webhooks" });
  expect(await tasks.claimNext(worker, {}, clock.now())).toBeUndefined();
  expect(await tasks.claimNext(worker, { queue: "webhooks" }, clock.now())).toBeDefined();
});

test("what is to run later is not taken before its time, except by name", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const [later, named] = await add(
    { runAt: clock.now() + 60_000 },
    { runAt: clock.now() + 3_600_000 },
  );
  expect(await tasks.claimNext(worker, {}, clock.now())).toBeUndefined();
  await clock.advance(60_000);
  expect((await claim()).id).toBe(later?.id);
  expect((await tasks.claim(named?.id ?? "", other, clock.now())).state).toBe("claimed");
});

test("a failure that can be tried again waits for its backoff; the last one ends in the dead letters", async () => {
  const { tasks, clock, add, claim, verbs } = taskWorld();
  const [task] = await add({ maxAttempts: 2 });
  const id = task?.id ?? "";
  const failure = { class: "retryable", code: "check.failed", message: "1 test failed" } as const;
  const failed = await tasks.fail(leaseOf(await claim()), failure, [], clock.now());
  expect(failed).toMatchObject({
    state: "queued",
    attempt: 1,
    error: { ...failure, upstream: null },
    terminalId: null,
  });
  expect(failed.runAt).toBeLessThan(clock.now() + 10_000);
  await clock.advance(10_000);
  const dead = await tasks.fail(leaseOf(await claim()), failure, [], clock.now());
  expect(dead).toMatchObject({ state: "dead", attempt: 2 });
  expect(await tasks.retry(id, "human", clock.now())).toMatchObject({
    state: "queued",
    attempt: 0,
    error: null,
  });
  expect(await verbs(id)).toEqual(
    ["created", "claimed", "requeued", "claimed", "buried", "retried"].map((v) => `task.${v}`),
  );
});

test("a limit waits for its end and costs no attempt; giving a task back costs none either", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add({ maxAttempts: 1 });
  const retryAt = clock.now() + 7_200_000;
  const limit = { class: "rate_limited", code: "quota", message: "until five", retryAt } as const;
  expect(await tasks.fail(leaseOf(await claim()), limit, [], clock.now())).toMatchObject({
    state: "queued",
    attempt: 0,
    runAt: retryAt,
  });
  await clock.advance(7_200_000);
  const released = await tasks.release(leaseOf(await claim()), "shutting down", clock.now());
  expect(released).toMatchObject({ state: "queued", attempt: 0, reason: "shutting down" });
});

test("one that waits for a person holds no lease, and ends by its old fence or goes on by a new claim", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add({ title: "one" }, { title: "two" });
  const one = leaseOf(await claim());
  const two = leaseOf(await claim());
  const waiting = await tasks.wait(one, "which colour?", clock.now());
  expect(waiting).toMatchObject({ state: "waiting", lease: null, reason: "which colour?" });
  await tasks.wait(two, "", clock.now());
  expect(await tasks.reap(clock.now() + 3_600_000)).toEqual([]);
  const refused = tasks.heartbeat(one, undefined, clock.now());
  await expect(refused).rejects.toMatchObject({ code: "task.lease_lost" });
  const done = await tasks.complete(one, { result: { colour: "red" } }, clock.now());
  expect(done.state).toBe("done");
  await tasks.resume(two.id, "human", clock.now());
  expect(await claim()).toMatchObject({ id: two.id, fence: 2, attempt: 1 });
});

test.for([
  ["prompt", { prompt: "x".repeat(300_000) }],
  ["payload", { payload: { text: "x".repeat(300_000) } }],
] as const)("a %s that is too large is refused with what to do", async ([what, change]) => {
  const { add } = taskWorld();
  await expect(add(change)).rejects.toMatchObject({
    code: "task.too_large",
    message: expect.stringContaining(what),
    hint: "put it into a file and name that",
  });
});

test("a bad glob refuses the whole call, and a result that is too large leaves the task as it was", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const outside = { kind: "path", glob: "../x", mode: "shared" } as const;
  await expect(add({}, { locks: [outside] })).rejects.toMatchObject({ code: "task.bad_glob" });
  expect((await tasks.counts()).queued).toBe(0);
  await add({});
  const held = await claim();
  const result = { text: "x".repeat(300_000) };
  await expect(tasks.complete(leaseOf(held), { result }, clock.now())).rejects.toMatchObject({
    code: "task.too_large",
  });
  expect(await tasks.get(held.id)).toMatchObject({ state: "claimed", fence: held.fence });
});

test("a wrong state is told with what it is, and changes nothing", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  const [task] = await add({});
  const id = task?.id ?? "";
  const now = clock.now();
  await claim();
  const wrong = [
    tasks.claim(id, other, now),
    tasks.retry(id, "human", now),
    tasks.resume(id, "human", now),
  ];
  for (const outcome of await Promise.allSettled(wrong))
    expect(outcome).toMatchObject({
      reason: { code: "task.wrong_state", message: expect.stringContaining("is claimed") },
    });
  expect(await tasks.get(id)).toMatchObject({ state: "claimed", fence: 1 });
});

test("tasks are named by a unique beginning of their ids, listed newest first, and counted", async () => {
  const { tasks, add, claim } = taskWorld();
  const [one] = await add({ labels: ["x"] }, { queue: "q" }, {});
  await claim();
  expect((await tasks.get((one?.id ?? "").slice(0, -1))).id).toBe(one?.id);
  await expect(tasks.get("task_0")).rejects.toMatchObject({ code: "name.ambiguous" });
  await expect(tasks.get("nothing")).rejects.toMatchObject({
    code: "not_found",
    hint: "conductor task list",
  });
  expect((await tasks.list({ states: ["queued"] })).map(({ queue }) => queue)).toEqual([
    "default",
    "q",
  ]);
  expect(await tasks.list({ label: "x" })).toMatchObject([{ id: one?.id, state: "claimed" }]);
  expect(await tasks.list({ terminalId: "t_1", queue: "default" })).toHaveLength(1);
  expect(await tasks.list({ limit: 1, before: 3 })).toMatchObject([{ queue: "q" }]);
  expect(await tasks.counts()).toMatchObject({ queued: 2, claimed: 1, done: 0 });
});

test("what is over is forgotten by its retention, unless something unfinished depends on it", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add({ title: "needed", ref: "n" }, { title: "old" });
  const needed = await claim();
  await add({ title: "later", dependsOn: [{ task: needed.id }], runAt: clock.now() });
  await tasks.cancel((await claim()).id, { by: "human", reason: "no" }, clock.now());
  const [later] = await tasks.list({});
  await tasks.complete(leaseOf(needed), { result: null }, clock.now());
  expect(await tasks.removeSettled(clock.now() + 1, clock.now())).toBe(1);
  await tasks.cancel(later?.id ?? "", { by: "human", reason: "no" }, clock.now());
  expect(await tasks.removeSettled(clock.now() + 1, clock.now())).toBe(2);
  expect(await tasks.list({})).toEqual([]);
});
