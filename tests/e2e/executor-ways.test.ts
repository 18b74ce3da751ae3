/** Tasks done by agents without a pane, and checks that the gate asks about or that run in a sandbox. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { TaskView } from "../../src/contract/tasks.ts";
import { errands } from "../support/errands.ts";
import { installPaneless } from "../support/paneless-agents.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf } from "../support/scripted.ts";

const PATIENCE_MS = 90_000;

/** Not every machine that runs these tests lets anybody make a sandbox; scripts/lib.sh installs what it can. */
const works =
  spawnSync("bwrap", ["--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).status ===
  0;

/** Has a task done, and waits for its end. */
async function execute(
  world: Product,
  agent: string,
  asked: { readonly prompt: string; readonly check: string; readonly cwd?: string },
): Promise<TaskView> {
  const { prompt, check, cwd = world.folder } = asked;
  const { tasks, execution } = clientOf(world);
  const request = { title: agent, prompt, agent, maxAttempts: 1, execution: { cwd, check } };
  const [created] = await tasks.create([request]);
  const id = created?.task.id ?? "";
  await execution.execute(id);
  let task = await tasks.show(id);
  await until(
    async () => {
      task = await tasks.show(id);
      return task.finishedAt !== null;
    },
    `${agent} is done`,
    PATIENCE_MS,
  );
  return task;
}

test(
  "agents without a pane do tasks as others do, with their answer, check and evidence",
  async () => {
    const world = installPaneless(product());
    await world.json("ai", "register", "printer", "-p", "printer", "--connector", "headless");
    await world.json("ai", "register", "speaker", "-p", "speaker", "--connector", "acp");
    for (const agent of ["printer", "speaker"]) {
      const told = `${agent} is here`;
      const task = await execute(world, agent, { prompt: `do:say ${told}`, check: "test -d ." });
      expect(task).toMatchObject({ state: "done", error: null, result: { text: told } });
      const kinds = task.evidence.map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(["check", "transcript"]));
      const failed = await execute(world, agent, { prompt: "do:fail no luck", check: "true" });
      expect(failed).toMatchObject({
        state: "dead",
        error: { message: expect.stringContaining("no luck") },
      });
    }
  },
  PATIENCE_MS,
);

test.skipIf(!works)(
  "a contained agent without a pane, and the check of its work, change nothing outside",
  async () => {
    const world = installPaneless(product("gate: { level: contain }\n"));
    // Nothing stands in its way but the sandbox.
    writeFileSync(path.join(world.home, ".conductor/policy.yaml"), "version: 1\ndefault: allow\n");
    const cwd = path.join(world.folder, "work");
    mkdirSync(cwd);
    await world.json("ai", "register", "printer", "-p", "printer", "--connector", "headless");
    const write = (file: string) => `node -e 'fs.writeFileSync("${file}", "x")'`;
    const task = await execute(world, "printer", {
      cwd,
      prompt: `do:run ${write("made")}; ${write(`${world.home}/by-agent`)}`,
      check: `test -e made && ! ${write(`${world.home}/by-check`)}`,
    });
    expect(task).toMatchObject({ state: "done", error: null });
    expect(existsSync(path.join(cwd, "made"))).toBe(true);
    expect(existsSync(path.join(world.home, "by-agent"))).toBe(false);
    expect(existsSync(path.join(world.home, "by-check"))).toBe(false);
  },
  PATIENCE_MS,
);

test(
  "a check that the policy asks about waits for a human: it runs after a yes, and fails the task after a no",
  async () => {
    // The shell gives up long before the human answers.
    const { world, add, until: reach, attempts } = await errands("gate: { waitSeconds: 0.2 }\n");
    const data = path.join(world.folder, "data");
    mkdirSync(data);
    writeFileSync(path.join(data, "a"), "work");
    const execution = { cwd: world.folder, check: "rm -rf data" };
    const asking = async (word: string) => {
      const task = await add(word, { execution });
      await clientOf(world).execution.execute(task.id);
      let number = 0;
      await until(async () => {
        number = (await clientOf(world).approvals())[0]?.number ?? 0;
        return number > 0;
      }, "a human is asked");
      expect((await attempts(task.id))[0]).toMatchObject({ state: "ended", check: null });
      return { task, number: String(number) };
    };
    const refused = await asking("refused");
    await world.run("deny", refused.number, "--reason", "we need it");
    const failed = await reach(refused.task.id, "failed");
    expect(failed.error).toMatchObject({
      code: "check.refused",
      message: expect.stringContaining("we need it"),
    });
    expect(existsSync(data)).toBe(true);
    const allowed = await asking("allowed");
    await world.run("approve", allowed.number);
    const done = await reach(allowed.task.id, "done");
    expect(done.evidence).toContainEqual(
      expect.objectContaining({ kind: "check", summary: "the check passed, exit code 0" }),
    );
    expect(existsSync(data)).toBe(false);
  },
  PATIENCE_MS,
);
