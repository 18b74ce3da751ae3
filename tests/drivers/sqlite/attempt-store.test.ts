/** Attempts at tasks, as the database keeps them. */
import { expect, test } from "vitest";
import { newEvidence } from "../../../src/contract/tasks.ts";
import type { NewAttempt } from "../../../src/core/tasks/index.ts";
import { addTerminal } from "../../support/stores.ts";
import { taskWorld } from "../../support/tasks.ts";

const routing = { picked: "ag_1", outcome: "picked", why: "the only one", table: [] } as const;

const fresh = { terminalId: "t_1", origin: "fresh" } as const;

async function routed() {
  const world = taskWorld();
  const [one, two] = await world.add({ title: "one" }, { title: "two" });
  if (one === undefined || two === undefined) throw new Error("no tasks were added");
  const asked = (change: Partial<NewAttempt> = {}): NewAttempt => ({
    taskId: one.id,
    owner: "daemon",
    agentId: "ag_1",
    places: [fresh],
    routing: { ...routing, table: [] },
    worktree: null,
    ...change,
  });
  const begun = async () => {
    const { taskId: id, fence } = await world.attempts.claim(asked(), world.clock.now());
    return { id, fence };
  };
  return { ...world, task: one, two, asked, begun, now: world.clock.now() };
}

test("a task is claimed with its attempt, or not at all", async () => {
  const { attempts, tasks, asked, task, two, now, verbs } = await routed();
  expect(await attempts.claim(asked(), now)).toMatchObject({ state: "routed", fence: 1 });
  expect(await tasks.get(task.id)).toMatchObject({ state: "claimed", agentId: "ag_1" });
  expect(await verbs(task.id)).toEqual(["task.created", "task.claimed", "task.routed"]);
  await expect(attempts.claim(asked(), now)).rejects.toMatchObject({ code: "task.wrong_state" });
  const taken = attempts.claim(asked({ taskId: two.id }), now);
  await expect(taken).rejects.toMatchObject({ code: "state.conflict" });
  expect(await tasks.get(two.id)).toMatchObject({ state: "queued", fence: 0 });
});

test("a terminal works for one attempt at a time: the next place is taken, until it is free", async () => {
  const { attempts, asked, begun, two, now } = await routed();
  const first = await begun();
  const places = [fresh, { terminalId: "t_2", origin: "fresh" } as const];
  const other = await attempts.claim(asked({ taskId: two.id, places }), now);
  expect(other.terminalId).toBe("t_2");
  expect(await attempts.load()).toEqual(new Map([["ag_1", 2]]));
  await attempts.move(first, { signal: "lose", reason: "gone" }, now);
  await attempts.release(first, now);
  expect(await attempts.load()).toEqual(new Map([["ag_1", 1]]));
});

test("to prompt starts the task, and what it settles with is the task's, each in one commit", async () => {
  const { attempts, tasks, begun, now, verbs } = await routed();
  const lease = await begun();
  await attempts.move(lease, { signal: "open", folder: "/w", base: null }, now);
  await attempts.move(lease, { signal: "prompt" }, now);
  expect(await tasks.get(lease.id)).toMatchObject({ state: "running", terminalId: "t_1" });
  const evidence = [newEvidence.parse({ kind: "note", summary: "as asked" })];
  const outcome = { kind: "done", result: { text: "ok" } } as const;
  await attempts.settle(lease, outcome, { evidence, ms: 3 }, now);
  expect(await attempts.get(lease)).toMatchObject({ state: "settled" });
  expect(await tasks.get(lease.id)).toMatchObject({
    state: "done",
    result: { text: "ok" },
    evidence: [{ summary: "as asked", attempt: 1 }],
  });
  expect((await verbs(lease.id)).slice(-2)).toEqual(["task.evidenced", "task.completed"]);
});

test("whoever lost the task neither prompts nor settles", async () => {
  const { attempts, tasks, begun, now } = await routed();
  const lease = await begun();
  await attempts.move(lease, { signal: "open", folder: "/w", base: null }, now);
  await tasks.release(lease, "not now", now);
  const lost = { code: "task.lease_lost" };
  await expect(attempts.move(lease, { signal: "prompt" }, now)).rejects.toMatchObject(lost);
  const failure = { class: "retryable", code: "x", message: "y", retryAt: null } as const;
  const settled = attempts.settle(lease, { kind: "failed", failure }, { evidence: [], ms: 0 }, now);
  await expect(settled).rejects.toMatchObject(lost);
  expect(await attempts.get(lease)).toMatchObject({ state: "opened" });
});

test("each step is kept, and one that its state does not allow changes nothing", async () => {
  const { attempts, begun, now } = await routed();
  const lease = await begun();
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

test("a terminal is idle while it lives and no attempt holds it", async () => {
  const { begun, ...world } = await routed();
  const { id } = await addTerminal(world, { id: "t_1" });
  const lease = await begun();
  expect(await world.attempts.idle()).toEqual([]);
  await world.attempts.move(lease, { signal: "lose", reason: "gone" }, world.now);
  await world.attempts.release(lease, world.now);
  expect(await world.attempts.idle()).toEqual([id]);
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
  const { auto, journal, now } = await routed();
  expect(await auto.setting()).toEqual({ on: false, queues: ["default"], since: null });
  await auto.set({ on: true, queues: ["nightly"] }, "human", now);
  expect(await auto.setting()).toEqual({ on: true, queues: ["nightly"], since: now });
  const events = await journal.after(0, 1_000);
  expect(events.at(-1)).toMatchObject({ type: "auto.turned_on", actor: "human" });
});

test("a task is asked about once", async () => {
  const { auto, approvals, task, now } = await routed();
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
