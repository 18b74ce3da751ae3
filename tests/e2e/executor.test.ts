/** Tasks that the daemon has done by registered agents: on demand and by itself. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { errands } from "../support/errands.ts";
import { type Product, until } from "../support/product.ts";
import { clientOf } from "../support/scripted.ts";

const PATIENCE_MS = 90_000;

async function readBlob(world: Product, digest: string): Promise<[number, string]> {
  const { http } = await clientOf(world).status();
  const token = readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim();
  const url = `http://${http.host}:${http.port}/api/v1/blobs/${digest}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return [answer.status, await answer.text()];
}

test(
  "a task is executed by the agent that fits, and its outcome and evidence are kept",
  async () => {
    const { world, add, done, until: reach, why } = await errands("", ["--label", "test"]);
    const task = await add("one", {
      labels: ["test"],
      execution: { cwd: world.folder, check: "echo checked; echo token=hunter2hunter2" },
    });
    const { routing } = await clientOf(world).execution.execute(task.id);
    expect(routing).toMatchObject({ outcome: "picked", table: [{ name: "fixer" }] });
    const after = await reach(task.id, "done");
    expect(done()).toEqual(["one"]);
    expect(after.result).toMatchObject({ text: "one is done" });
    const checked = after.evidence.find(({ kind }) => kind === "check");
    expect(checked).toMatchObject({ summary: "the check passed, exit code 0" });
    const digest = checked?.blob ?? "";
    expect(await readBlob(world, digest)).toEqual([200, "checked\ntoken=[redacted]\n"]);
    expect(await readBlob(world, "0".repeat(64))).toEqual([
      404,
      expect.stringContaining("not_found"),
    ]);
    const file = path.join(world.home, ".conductor/blobs", digest.slice(0, 2), digest);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await why(task.id)).toMatchObject({
      says: ["it is done"],
      routing: { picked: routing.picked },
      attempts: [{ state: "settled", origin: "fresh", check: { outcome: "passed" } }],
    });
  },
  PATIENCE_MS,
);

test(
  "what waits is taken while it is switched on, one after the other in one warm terminal",
  async () => {
    const { world, add, done, until: reach, attempts } = await errands();
    const first = await add("first");
    const second = await add("second");
    expect((await world.run("auto", "status")).stdout).toMatch(/^off/);
    expect((await world.run("auto", "on")).stdout).toMatch(/^on/);
    await reach(first.id, "done");
    await reach(second.id, "done");
    expect(done()).toEqual(["first", "second"]);
    const [one] = await attempts(first.id);
    const [two] = await attempts(second.id);
    expect(two).toMatchObject({ origin: "warm", terminalId: one?.terminalId });
    await world.json("auto", "off");
    const third = await add("third");
    expect((await clientOf(world).execution.why(third.id)).says).toContain(
      "the daemon takes no tasks by itself",
    );
  },
  PATIENCE_MS,
);

test(
  "a task whose check fails is tried again until it is dead",
  async () => {
    const { world, add, done, until: reach } = await errands();
    const task = await add("vain", {
      maxAttempts: 2,
      execution: { cwd: world.folder, check: "echo broken; exit 3" },
    });
    await world.json("auto", "on");
    const dead = await reach(task.id, "dead");
    expect(done()).toEqual(["vain", "vain"]);
    expect(dead.error).toMatchObject({
      code: "check.failed",
      message: "the check ended with 3: broken",
    });
    expect(
      dead.evidence.filter(({ kind }) => kind === "check").map(({ attempt }) => attempt),
    ).toEqual([1, 2]);
  },
  PATIENCE_MS,
);

test(
  "an agent that dies in the middle is replaced, and the task is done at the second try",
  async () => {
    const {
      world,
      add,
      mark,
      done,
      until: reach,
      attempts,
    } = await errands("", ["--provider", "scripted"]);
    const once = path.join(world.folder, "died");
    const task = await add("hard", {
      prompt: `do:sh ${mark("try")}\ndo:sh test -e ${once} || { touch ${once}; kill -9 $PPID; }\ndo:say made it`,
    });
    await world.json("auto", "on");
    const after = await reach(task.id, "done");
    expect(after).toMatchObject({ attempt: 2, result: { text: "made it" } });
    expect(done()).toEqual(["try", "try"]);
    expect((await attempts(task.id)).map(({ state }) => state)).toEqual(["settled", "settled"]);
  },
  PATIENCE_MS,
);

test(
  "a task in a worktree leaves its diff and commits as evidence, and the repository as it was",
  async () => {
    const { world, add, until: reach } = await errands();
    const repository = path.join(world.folder, "repo");
    const git = (...args: string[]) => execFileSync("git", ["-C", repository, ...args]).toString();
    execFileSync("git", ["init", "-q", "-b", "main", repository]);
    const who = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    git(...who, "commit", "-q", "--allow-empty", "-m", "start");
    const commit = `git ${who.join(" ")} commit -q -m 'add made'`;
    const task = await add("tree", {
      prompt: `do:sh echo made > made && git add made && ${commit} && echo loose > loose\ndo:say done`,
      execution: { cwd: repository, worktree: true },
    });
    await clientOf(world).execution.execute(task.id);
    const after = await reach(task.id, "done");
    const kinds = after.evidence.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(["diff", "commits"]));
    const diff = after.evidence.find(({ kind }) => kind === "diff");
    expect(diff?.data).toMatchObject({ files: ["made"], untracked: ["loose"] });
    const commits = after.evidence.find(({ kind }) => kind === "commits");
    expect(commits?.summary).toBe("1 commit: add made");
    expect(git("status", "--porcelain")).toBe("");
    const gone = async () => (await clientOf(world).terminals()).length === 0;
    await until(gone, "the terminal of the worktree is ended");
  },
  PATIENCE_MS,
);

test(
  "a cancelled task's agent is interrupted, and nothing of it is written any more",
  async () => {
    const { world, add, mark, done, until: reach, attempts } = await errands();
    const task = await add("long", { prompt: `do:slow 60\ndo:sh ${mark("late")}` });
    await clientOf(world).execution.execute(task.id);
    await until(async () => (await attempts(task.id))[0]?.state === "prompted", "it is prompted");
    const working = async () => (await clientOf(world).terminals())[0]?.status === "working";
    await until(working, "its agent works");
    await clientOf(world).tasks.cancel(task.id, { reason: "not wanted" });
    await reach(task.id, "cancelled");
    await until(
      async () => (await attempts(task.id))[0]?.releasedAt !== null,
      "its agent is let go",
    );
    expect((await attempts(task.id))[0]).toMatchObject({ state: "lost" });
    const terminals = await clientOf(world).terminals();
    expect(terminals.map(({ status }) => status)).not.toContain("working");
    expect(done()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "whoever does a task without the daemon completes it only once its check passes",
  async () => {
    const { world, add, task } = await errands();
    const ok = path.join(world.folder, "ok");
    const { id } = await add("by hand", {
      execution: { cwd: world.folder, check: `test -e ${ok} || { echo not yet; exit 1; }` },
    });
    await world.json("task", "claim", id);
    const early = await world.run("task", "complete", id, "--result", "done");
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("not yet")]);
    expect(await task(id)).toMatchObject({ state: "claimed", result: null });
    writeFileSync(ok, "");
    expect((await world.run("task", "complete", id, "--result", "done")).code).toBe(0);
    const after = await task(id);
    expect(after).toMatchObject({ state: "done", result: { text: "done" } });
    expect(after.evidence.map(({ kind }) => kind)).toEqual(["check"]);
  },
  PATIENCE_MS,
);

test(
  "a hung agent loses its task: it is ended, writes nothing, and the task is done by another",
  async () => {
    const {
      world,
      add,
      done,
      until: reach,
      attempts,
    } = await errands("tasks: { stallMinutes: 0.02, graceSeconds: 0 }\n");
    const once = path.join(world.folder, "hung");
    const task = await add("stuck", {
      leaseMs: 1_000,
      prompt: `do:sh test -e ${once} || { touch ${once}; sleep 600; }\ndo:say made it`,
    });
    await world.json("auto", "on");
    const after = await reach(task.id, "done");
    expect(after).toMatchObject({ attempt: 2, result: { text: "made it" } });
    const [second, first] = await attempts(task.id);
    expect([first?.state, second?.state]).toEqual(["lost", "settled"]);
    expect(done()).toEqual([]);
  },
  PATIENCE_MS,
);
