/** The daemon is killed between every two writes of an attempt at a task: the task is done all the same, and once. */
import { expect, test } from "vitest";
import { ATTEMPT_FAILPOINTS } from "../../src/core/tasks/index.ts";
import { errands } from "../support/errands.ts";
import { until } from "../support/product.ts";
import { clientOf, startDoomed } from "../support/scripted.ts";

/** For a machine that does much else beside. */
const PATIENCE_MS = 240_000;
const WORLDS = 3;

async function survive(failpoints: readonly string[]): Promise<void> {
  const { world, add, done, until: reach, attempts } = await errands();
  for (const failpoint of failpoints) {
    const { dead } = await startDoomed(world, failpoint);
    const task = await add(failpoint, { execution: { cwd: world.folder, check: "true" } });
    await clientOf(world)
      .execution.execute(task.id)
      .catch(() => undefined);
    expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
    await world.json("daemon", "start");
    const after = await reach(task.id, "done");
    expect(after).toMatchObject({ attempt: 1, result: { text: `${failpoint} is done` } });
    const isFree = async () => (await attempts(task.id)).every((each) => each.releasedAt !== null);
    await until(isFree, "its agent is let go");
    expect(await attempts(task.id)).toHaveLength(1);
    expect(done().filter((word) => word === failpoint)).toHaveLength(1);
    expect((await clientOf(world).terminals()).length).toBeLessThanOrEqual(1);
  }
}

test(
  "killed anywhere in an attempt, the next daemon goes on, and the work is done once",
  async () => {
    const shares = Array.from({ length: WORLDS }, (_, index) =>
      ATTEMPT_FAILPOINTS.filter((_name, at) => at % WORLDS === index),
    );
    await Promise.all(shares.map(survive));
  },
  PATIENCE_MS,
);
