import { expect, test } from "vitest";
import type { TaskLock } from "../../../src/contract/tasks.ts";
import { leaseOf, other, taskWorld, worker } from "../../support/tasks.ts";

const project = "/shop";
const lock = (glob: string, mode: TaskLock["mode"] = "exclusive"): TaskLock => ({
  kind: "path",
  glob,
  mode,
});
const wants = (title: string, ...locks: TaskLock[]) => ({ title, project, locks });

test("a claim takes all locks of its task, and tasks that want them wait while others go past", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add(
    wants("api", lock("src/api/**"), lock("package.json")),
    wants("all", lock("src/")),
    wants("docs", lock("docs/**")),
  );
  expect((await claim()).title).toBe("api");
  expect((await claim()).title).toBe("docs");
  expect(await tasks.claimNext(worker, {}, clock.now())).toBeUndefined();
});

test("who holds and who waits for whom is shown", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add(wants("api", lock("src/api/**")), wants("all", lock("src/", "shared")));
  const [, waiting] = await tasks.list({}).then((all) => all.toReversed());
  const holder = await claim();
  expect(await tasks.locks()).toEqual([
    {
      ...lock("src/api/**"),
      task: holder.id,
      title: "api",
      owner: worker.owner,
      project,
      since: clock.now(),
      waiting: [{ ...lock("src/**", "shared"), task: waiting?.id, title: "all" }],
    },
  ]);
  await expect(tasks.claim(waiting?.id ?? "", other, clock.now())).rejects.toMatchObject({
    code: "task.locked",
    message: expect.stringContaining(`waits for ${holder.id} ("api", ${worker.owner})`),
    hint: expect.stringContaining("lock list"),
  });
  expect((await tasks.get(waiting?.id ?? "")).state).toBe("queued");
});

test.for(["complete", "fail", "release", "wait", "cancel", "lose"] as const)(
  "locks end with the lease: %s",
  async (end) => {
    const { tasks, clock, add, claim } = taskWorld();
    await add(wants("one", lock("src/**")));
    const held = await claim();
    const lease = leaseOf(held);
    const now = clock.now();
    const failure = { class: "permanent", code: "x", message: "x" } as const;
    const ends = {
      complete: () => tasks.complete(lease, { result: null }, now),
      fail: () => tasks.fail(lease, failure, [], now),
      release: () => tasks.release(lease, "later", now),
      wait: () => tasks.wait(lease, "a person", now),
      cancel: () => tasks.cancel(held.id, { by: "human", reason: "no" }, now),
      lose: () => tasks.reap(now + held.leaseMs + 1),
    };
    expect(await tasks.locks()).toHaveLength(1);
    await ends[end]();
    expect(await tasks.locks()).toEqual([]);
  },
);

test("readers share, and a writer that waits is not overtaken by readers for ever", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add(wants("reader", lock("src/**", "shared")), wants("reader", lock("src/**", "shared")));
  const one = await claim();
  const two = await claim(other);
  await add(wants("writer", lock("src/**")), wants("late reader", lock("src/**", "shared")));
  await add(wants("elsewhere", lock("docs/**")));
  expect((await claim()).title).toBe("elsewhere");
  expect(await tasks.claimNext(other, {}, clock.now())).toBeUndefined();
  for (const reader of [one, two])
    await tasks.complete(leaseOf(reader), { result: null }, clock.now());
  const writer = await claim();
  expect(writer.title).toBe("writer");
  await tasks.complete(leaseOf(writer), { result: null }, clock.now());
  expect((await claim()).title).toBe("late reader");
});

test("a task takes further locks while it runs: all or none", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add(wants("one", lock("src/a/**")), wants("two", lock("src/b/**")));
  const one = leaseOf(await claim());
  await claim(other);
  const both = [lock("docs/**"), lock("src/")];
  await expect(tasks.acquireLocks(one, both, clock.now())).rejects.toMatchObject({
    code: "task.locked",
  });
  expect(await tasks.locks()).toHaveLength(2);
  await tasks.acquireLocks(one, [lock("docs/"), lock("src/a/x.ts")], clock.now());
  await tasks.acquireLocks(one, [lock("docs/")], clock.now());
  const held = (await tasks.locks()).map(({ glob }) => glob);
  expect(held).toEqual(["src/a/**", "src/b/**", "docs/**", "src/a/x.ts"]);
  await expect(tasks.acquireLocks(one, [lock("../x")], clock.now())).rejects.toMatchObject({
    code: "task.bad_glob",
  });
});

test("another task's locks outlive a fence that is old", async () => {
  const { tasks, clock, add, claim } = taskWorld();
  await add(wants("one", lock("src/**")));
  const old = leaseOf(await claim());
  await tasks.release(old, "", clock.now());
  const now = await claim(other);
  await expect(tasks.complete(old, { result: null }, clock.now())).rejects.toMatchObject({
    code: "task.lease_lost",
  });
  expect(await tasks.locks()).toMatchObject([{ task: now.id, owner: other.owner }]);
});

test("of a thousand that want what is held, the one that does not is found", async () => {
  const { add, claim } = taskWorld();
  const crowd = Array.from({ length: 1_000 }, (_, at) => wants(`w${at}`, lock(`src/${at % 7}`)));
  await add(wants("holder", lock("src/")), ...crowd, wants("free", lock("docs/")));
  expect((await claim()).title).toBe("holder");
  expect((await claim()).title).toBe("free");
});
