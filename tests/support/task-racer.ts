/** `task-racer.ts FILE OWNER`: claims and completes tasks of that database until there are none, and prints their ids. */
import { openStores } from "../../src/drivers/sqlite/index.ts";
import { leaseOf } from "./tasks.ts";

const [, , file = "", owner = ""] = process.argv;
// Four that never pause can keep a fifth waiting: the daemon is alone.
const stores = openStores(file, { busyTimeoutMs: 20_000 });
const ids: string[] = [];
for (;;) {
  const claimer = { owner, terminalId: null, agentId: null };
  const task = await stores.tasks.claimNext(claimer, {}, Date.now());
  if (task === undefined) break;
  await stores.tasks.complete(leaseOf(task), { result: { by: owner } }, Date.now());
  ids.push(task.id);
}
process.stdout.write(JSON.stringify(ids));
stores[Symbol.dispose]();
