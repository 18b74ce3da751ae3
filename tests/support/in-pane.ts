/** Programs that a launched agent starts inside its own pane. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Product, type Ran, until } from "./product.ts";
import { clientOf } from "./scripted.ts";

export interface Job {
  readonly file: string;
  readonly args: readonly string[];
}

const RUNNER = path.join(import.meta.dirname, "run-jobs.ts");
let count = 0;

/** What became of each, in their order; `agent` is a scripted one that has nothing else to do. */
export async function inPane(
  world: Product,
  agent: string,
  jobs: readonly Job[],
): Promise<readonly Ran[]> {
  count += 1;
  const [todo, done] = ["todo", "done"].map((name) => path.join(world.folder, `${name}-${count}`));
  if (todo === undefined || done === undefined) throw new Error("two files have two names");
  writeFileSync(todo, JSON.stringify(jobs));
  const body = `do:sh ${process.execPath} ${RUNNER} ${todo} ${done}`;
  await clientOf(world).send({ to: agent, body });
  await until(() => existsSync(done), "the jobs in the pane are done", 60_000);
  return JSON.parse(readFileSync(done, "utf8"));
}
