/** Attempts at tasks, as the database keeps them. */
import { expect, test } from "vitest";
import type { NewAttempt } from "../../../src/core/tasks/index.ts";
import { leaseOf, taskWorld } from "../../support/tasks.ts";

const routing = { picked: "ag_1", outcome: "picked", why: "the only one", table: [] } as const;

async function claimed() {
  const world = taskWorld();
  await world.add({ title: "one" }, { title: "two" });
  const task = await world.claim();
  const asked = (change: Partial<NewAttempt> = {}): NewAttempt => ({
    taskId: task.id,
    fence: task.fence,
    attempt: task.attempt,
    agentId: "ag_1",
    terminalId: "t_1",
    origin: "fresh",
    routing: { ...routing, table: [] },
    worktree: null,
    ...change,
  });
  return { ...world, task, asked, now: world.clock.now() };
}

test("the same lease again gives the attempt that it has, and tells of it once", async () => {
  const { attempts, asked, task, now, verbs } = await claimed();
  const first = await attempts.begin(asked(), now);
  const again = await attempts.begin(asked({ terminalId: "t_2" }), now);
  expect(again).toEqual(first);
  expect((await verbs(task.id)).filter((type) => type === "task.routed")).toHaveLength(1);
});

test("a terminal works for one attempt at a time", async () => {
  const { attempts, asked, task, claim, now } = await claimed();
  await attempts.begin(asked(), now);
  const other = await claim();
  const wanted = asked({ taskId: other.id, fence: other.fence });
  expect(await attempts.begin(wanted, now)).toBeUndefined();
  expect(await attempts.load()).toEqual(new Map([["ag_1", 1]]));
  await attempts.move(leaseOf(task), { signal: "lose", reason: "gone" }, now);
  await attempts.release(leaseOf(task), now);
  expect(await attempts.begin(wanted, now)).toMatchObject({ terminalId: "t_1" });
});

test("each step is kept, and one that its state does not allow changes nothing", async () => {
  const { attempts, asked, task, now } = await claimed();
  const lease = leaseOf(task);
  await attempts.begin(asked(), now);
  await attempts.move(lease, { signal: "open", folder: "/w", base: "abc" }, now);
  const end = { failure: null, text: "ok", result: null, turnId: null, usage: null, at: now };
  await expect(
    attempts.move(lease, { signal: "check", check: check() }, now),
  ).rejects.toMatchObject({
    code: "state.conflict",
  });
  await attempts.move(lease, { signal: "prompt" }, now);
  expect(await attempts.report(lease, { failure: null, result: { n: 1 } }, now)).toBeDefined();
  await attempts.move(lease, { signal: "end", end }, now);
  expect(await attempts.report(lease, { failure: null, result: {} }, now)).toBeUndefined();
  await attempts.move(lease, { signal: "check", check: check() }, now);
  await attempts.move(lease, { signal: "settle" }, now);
  expect(await attempts.get(lease)).toMatchObject({
    state: "settled",
    folder: "/w",
    base: "abc",
    report: { result: { n: 1 } },
    end,
    check: check(),
    releasedAt: null,
  });
  expect(await attempts.open()).toHaveLength(1);
});

function check() {
  const told = {
    command: "true",
    outcome: "passed",
    exitCode: 0,
    ms: 1,
    tail: "",
    blob: null,
    bytes: 0,
  };
  return { ...told, outcome: "passed" as const };
}

test("whether the daemon takes tasks by itself is kept, and told", async () => {
  const { auto, journal, now } = await claimed();
  expect(await auto.setting()).toEqual({ on: false, queues: ["default"], since: null });
  await auto.set({ on: true, queues: ["nightly"] }, "human", now);
  expect(await auto.setting()).toEqual({ on: true, queues: ["nightly"], since: now });
  const events = await journal.after(0, 1_000);
  expect(events.at(-1)).toMatchObject({ type: "auto.turned_on", actor: "human" });
});

test("a task is asked about once", async () => {
  const { auto, approvals, task, now } = await claimed();
  const asked = {
    terminalId: null,
    terminalName: null,
    origin: "api" as const,
    action: { kind: "task" as const, text: "give it", cwd: null, why: null },
    fingerprint: null,
    by: "daemon",
    expiresAt: now + 1_000,
  };
  const id = await auto.ask(task.id, asked, now);
  expect(await auto.ask(task.id, asked, now)).toBe(id);
  expect(await auto.asked(task.id)).toBe(id);
  expect(await approvals.list({})).toHaveLength(1);
});
