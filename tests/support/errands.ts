/** A product with registered agents that do tasks; what they did stands in a file, however often a daemon dies. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AttemptView, TaskWhy } from "../../src/contract/execution.ts";
import type { TaskRequest, TaskView } from "../../src/contract/tasks.ts";
import { installLight } from "./office.ts";
import { type Product, product, until } from "./product.ts";
import { clientOf } from "./scripted.ts";

export interface Errands {
  readonly world: Product;
  /** Creates a task of which each run leaves a line with its word. */
  readonly add: (word: string, change?: Partial<TaskRequest>) => Promise<TaskView>;
  /** What was done, in order. */
  readonly done: () => string[];
  /** A shell text that leaves that line. */
  readonly mark: (word: string) => string;
  readonly task: (id: string) => Promise<TaskView>;
  readonly why: (id: string) => Promise<TaskWhy>;
  readonly attempts: (id: string) => Promise<AttemptView[]>;
  readonly until: (id: string, state: TaskView["state"]) => Promise<TaskView>;
}

const DEADLINE_MS = 60_000;

/** Its agent is called `fixer`. */
export async function errands(settings = "", agent: readonly string[] = []): Promise<Errands> {
  const world = product(settings);
  installLight(world);
  const file = path.join(world.folder, "done");
  appendFileSync(file, "");
  const cli = agent.includes("--provider") ? [] : ["--provider", "light"];
  await world.json("ai", "register", "fixer", ...cli, ...agent);
  const mark = (word: string): string => `echo ${word} >> ${file}`;
  const task = (id: string) => clientOf(world).tasks.show(id);
  const why = (id: string) => clientOf(world).execution.why(id);
  return {
    world,
    mark,
    task,
    why,
    add: async (word, change = {}) => {
      const asked: TaskRequest = {
        title: word,
        prompt: `do:sh ${mark(word)}\ndo:say ${word} is done`,
        ...change,
        execution: { cwd: world.folder, ...change.execution },
      };
      const [created] = await clientOf(world).tasks.create([asked]);
      if (created === undefined) throw new Error("no task was created");
      return created.task;
    },
    done: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []),
    attempts: async (id) => (await why(id)).attempts,
    until: async (id, state) => {
      const isThere = async () => (await task(id).catch(() => undefined))?.state === state;
      await until(isThere, `${id} is ${state}`, DEADLINE_MS).catch(async (error: unknown) => {
        throw new Error(JSON.stringify(await why(id), null, 1), { cause: error });
      });
      return task(id);
    },
  };
}
