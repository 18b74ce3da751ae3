/** What the executor does with the rows of an attempt. */
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import type { TaskRecord } from "../../src/core/tasks/index.ts";
import { EXECUTOR, Executor } from "../../src/daemon/executor.ts";
import { leaseOf, taskWorld } from "../support/tasks.ts";
import { testTerminals } from "../support/terminals.ts";

const routing = { picked: "ag_1", outcome: "picked", why: "the only one", table: [] } as const;

function executing() {
  const world = taskWorld();
  const { terminals } = testTerminals(world);
  const errors: object[] = [];
  const executor = new Executor({
    ...world,
    log: { ...silentLog, error: (fields) => void errors.push(fields) },
    terminals: () => terminals,
    env: {},
    connectorOf: () => undefined,
    route: async () => ({ ...routing, table: [] }),
    check: () => Promise.reject(new Error("no task here names a check")),
    evidence: async () => [],
    base: async () => null,
    failpoint: undefined,
  });
  onTestFinished(() => executor[Symbol.dispose]());
  return { ...world, executor, errors };
}

/** A task whose agent's turn is over, as a daemon finds it that starts. */
async function ended({ add, claim, attempts, clock }: ReturnType<typeof executing>) {
  await add({});
  const task = await claim({ owner: EXECUTOR, terminalId: null, agentId: "ag_1" });
  const { id: taskId, fence, attempt } = task;
  const place = { agentId: "ag_1", terminalId: "t_1", origin: "fresh", worktree: null } as const;
  const now = clock.now();
  await attempts.begin(
    { taskId, fence, attempt, routing: { ...routing, table: [] }, ...place },
    now,
  );
  await attempts.move(leaseOf(task), { signal: "open", folder: "/w", base: null }, now);
  await attempts.move(leaseOf(task), { signal: "prompt" }, now);
  const end = { failure: null, text: "ok", result: null, turnId: null, usage: null, at: now };
  await attempts.move(leaseOf(task), { signal: "end", end }, now);
  return task;
}

test("a turn that is over is settled once, and its terminal is let go at once", async () => {
  const world = executing();
  const task: TaskRecord = await ended(world);
  await world.executor.start();
  await world.clock.advance(0);
  expect(await world.attempts.get(leaseOf(task))).toMatchObject({
    state: "settled",
    releasedAt: world.clock.now(),
  });
  expect(world.errors).toEqual([]);
  expect(await world.verbs(task.id)).toEqual(
    expect.arrayContaining(["task.completed", "task.freed"]),
  );
});
