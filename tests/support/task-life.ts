/**
 * A life of two tasks, the second of which depends on the first, with a failure on the way. Lived again, it goes on with
 * what it finds. As a script, `task-life.ts FILE KILL_AT`, it dies as by `kill -9` at the KILL_AT-th failpoint it passes.
 */
import { openStores, type Stores } from "../../src/drivers/sqlite/index.ts";
import { asked, leaseOf, worker } from "./tasks.ts";

export async function liveTasks({ tasks }: Pick<Stores, "tasks">): Promise<void> {
  let now = 1_800_000_000_000;
  const first = asked({
    ref: "first",
    key: "first",
    locks: [{ glob: "src/**" }],
    project: "/shop",
    group: { key: "shop" },
    maxAttempts: 9,
  });
  const second = asked({ key: "second", dependsOn: [{ task: "first" }], maxAttempts: 9 });
  // A caller that was cut off calls again, with the same keys.
  await tasks.enqueue([first, second], "human", now);
  const failure = { class: "retryable", code: "x", message: "x" } as const;
  while ((await tasks.counts()).done < 2) {
    // By then every lease that a dead process held has run out.
    now += 24 * 3_600_000;
    await tasks.reap(now);
    now += 3_600_000;
    const task = await tasks.claimNext(worker, {}, now);
    if (task === undefined) continue;
    const lease = leaseOf(task);
    await tasks.start(lease, { terminalId: "t_1", agentId: null }, now);
    await tasks.heartbeat(lease, { share: 0.5, note: "" }, now);
    if (task.key === "first" && task.attempt === 1) await tasks.fail(lease, failure, [], now);
    else await tasks.complete(lease, { result: { by: task.fence } }, now);
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , file = "", killAt = ""] = process.argv;
  let passed = 0;
  let isOpen = false;
  const stores = openStores(file, {
    failpoint: () => {
      passed += isOpen ? 1 : 0;
      if (passed === Number(killAt)) process.kill(process.pid, "SIGKILL");
    },
  });
  isOpen = true;
  await liveTasks(stores);
}
