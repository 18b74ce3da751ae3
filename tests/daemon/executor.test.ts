/** What the executor does with the rows of an attempt. */
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import type { Lease } from "../../src/core/tasks/index.ts";
import { Executor } from "../../src/daemon/executor.ts";
import { taskWorld } from "../support/tasks.ts";
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
    check: () => Promise.reject(new Error("no task here names a check")),
    evidence: async () => [],
    base: async () => null,
    failpoint: undefined,
  });
  onTestFinished(() => executor[Symbol.dispose]());
  return { ...world, executor, errors };
}

/** A task whose agent's turn is over, as a daemon finds it that starts. */
async function ended({ add, attempts, clock }: ReturnType<typeof executing>): Promise<Lease> {
  const [task] = await add({});
  const now = clock.now();
  const { taskId: id, fence } = await attempts.claim(
    {
      taskId: task?.id ?? "",
      owner: "daemon",
      agentId: "ag_1",
      places: [{ terminalId: "t_1", origin: "fresh" }],
      routing: { ...routing, table: [] },
      worktree: null,
    },
    now,
  );
  const lease = { id, fence };
  await attempts.move(lease, { signal: "open", folder: "/w", base: null }, now);
  await attempts.move(lease, { signal: "prompt" }, now);
  const end = { failure: null, text: "ok", result: null, turnId: null, usage: null, at: now };
  await attempts.move(lease, { signal: "end", end }, now);
  return lease;
}

test("a turn that is over is settled once, and its terminal is let go at once", async () => {
  const world = executing();
  const lease = await ended(world);
  await world.executor.start();
  await world.clock.advance(0);
  expect(await world.attempts.get(lease)).toMatchObject({
    state: "settled",
    releasedAt: world.clock.now(),
  });
  expect(world.errors).toEqual([]);
  expect(await world.verbs(lease.id)).toEqual(
    expect.arrayContaining(["task.completed", "task.freed"]),
  );
});
