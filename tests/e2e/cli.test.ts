/** What a person types, from the first launch to the shutdown. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { LaunchOutcome, TerminalView } from "../../src/contract/terminals.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf, launchScripted, terminalOf, untilStatus } from "../support/scripted.ts";

const BIN = path.resolve(import.meta.dirname, "../../bin");

function teamFile(world: Product, agents: readonly string[]): string {
  const file = path.join(world.folder, "team.yaml");
  writeFileSync(file, `session: shop\nagents:\n${agents.map((each) => `  - ${each}\n`).join("")}`);
  return file;
}

const names = (terminals: readonly { readonly name: string }[]) =>
  terminals.map(({ name }) => name);

test("the same team file again starts only what is missing, and ids stay", async () => {
  const world = product();
  const file = teamFile(world, [
    "{ name: lead, provider: scripted }",
    "{ name: dev, provider: scripted }",
  ]);
  const first = await world.json<LaunchOutcome>("launch", file, "--no-panel");
  expect(names(first.launched)).toEqual(["lead", "dev"]);
  await untilStatus(world, "dev", "idle");
  const before = await terminalOf(world, "lead");
  expect(await world.run("stop", "dev")).toMatchObject({ code: 0 });
  const again = await world.json<LaunchOutcome>("launch", file, "--no-panel");
  expect([names(again.launched), names(again.kept)]).toEqual([["dev"], ["lead"]]);
  expect((await terminalOf(world, "lead")).id).toBe(before.id);
});

test("an agent that cannot start leaves the others running, and says what is meant", async () => {
  const world = product();
  const file = teamFile(world, [
    "{ name: dev, provider: scripted }",
    "{ name: check, provider: scriptd }",
    "{ name: gem, provider: gemini }",
  ]);
  const ran = await world.run("launch", file, "--no-panel");
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("launched  dev");
  expect(ran.stdout).toContain("no provider is called scriptd (did you mean scripted?");
  expect(ran.stdout).toContain("npm install -g @google/gemini-cli");
});

test("a profile's prompt is never typed into a shell, and its first message is", async () => {
  const world = product();
  await world.json(
    "launch",
    "--provider",
    "shell",
    "--profile",
    "developer",
    "--name",
    "sh",
    "--prompt",
    "touch told",
    "--no-panel",
  );
  await until(() => existsSync(path.join(world.folder, "told")), "the shell ran its message");
  const { text } = await clientOf(world).screen("sh");
  expect(text).not.toContain("You are a developer");
});

test("messages find a renamed agent, and those that wait outlive its restart", async () => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  await world.run("send", "dev", "do:slow 60");
  await untilStatus(world, "dev", "working");
  await world.run("send", "dev", "do:say still here");
  const { id } = await terminalOf(world, "dev");
  expect(await world.run("rename", "dev", "backend")).toMatchObject({ code: 0 });
  expect(await world.run("restart", "backend")).toMatchObject({ code: 0 });
  await until(() => dev.prompts().includes("do:say still here"), "the waiting message arrived");
  expect(await terminalOf(world, "backend")).toMatchObject({ id });
  const answered = await world.run("send", "backend", "do:say yes", "--wait");
  expect(answered).toMatchObject({ code: 0, stdout: "yes\n" });
  const gone = await world.run("send", "dev", "x");
  expect(gone).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("no terminal is called dev"),
  });
});

test("a worktree with changes outlives its agent and its session", async () => {
  const world = product();
  const repository = path.join(world.folder, "repo");
  mkdirSync(repository);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=n", "-c", "user.email=e@x", ...args], {
      cwd: repository,
      env: { ...world.env },
    });
  git("init", "-q");
  git("commit", "-q", "--allow-empty", "-m", "first");
  const { launched } = await world.json<LaunchOutcome>(
    "launch",
    "--provider",
    "scripted",
    "--name",
    "dev",
    "--worktree",
    "cart",
    "--cwd",
    repository,
    "--no-panel",
  );
  const folder = launched[0]?.worktree ?? "";
  await untilStatus(world, "dev", "idle");
  await world.run("send", "dev", "do:say x", "--wait");
  writeFileSync(path.join(folder, "draft.txt"), "unsaved");
  const stopped = await world.run("stop", "dev");
  expect(stopped.stdout).toBe(`stopped dev; its worktree stays: ${folder}\n`);
  await world.run("shutdown", "--all");
  expect(existsSync(path.join(folder, "draft.txt"))).toBe(true);
  const again = await world.json<LaunchOutcome>(
    "launch",
    "--provider",
    "scripted",
    "--name",
    "dev",
    "--worktree",
    "cart",
    "--cwd",
    repository,
    "--no-panel",
  );
  expect(again.launched[0]?.worktree).toBe(folder);
});

test("an interrupt ends the turn and not the agent; an idle one is left alone", async () => {
  const world = product();
  await launchScripted(world, "dev");
  expect(await world.run("interrupt", "dev")).toMatchObject({ code: 1, stdout: "" });
  await world.run("send", "dev", "do:slow 60");
  await untilStatus(world, "dev", "working");
  expect(await world.run("interrupt", "dev")).toMatchObject({ code: 0 });
  await untilStatus(world, "dev", "idle");
  expect((await terminalOf(world, "dev")).turn?.state).toBe("interrupted");
});

test("shutdown ends the agents of one session, and --all of every one", async () => {
  const world = product();
  for (const session of ["one", "two"]) {
    await world.json(
      "launch",
      "--provider",
      "scripted",
      "--session",
      session,
      "--name",
      session,
      "--no-panel",
    );
    await untilStatus(world, session, "idle");
  }
  expect(await world.run("shutdown")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--all"),
  });
  expect(await world.run("shutdown", "--session", "onne")).toMatchObject({
    code: 3,
    stdout: "",
    stderr: expect.stringContaining("did you mean one"),
  });
  expect((await world.run("shutdown", "--session", "one")).stdout).toBe("stopped  one\n");
  expect((await world.run("shutdown", "--session", "one")).stdout).toBe("nothing was running\n");
  expect(names(await world.json<TerminalView[]>("ls"))).toEqual(["two"]);
  expect((await world.run("shutdown", "--all")).stdout).toBe("stopped  two\n");
  expect((await world.run("shutdown", "--all")).stdout).toBe("nothing was running\n");
});

test("events behind a number that the journal does not have: it says where the journal stands", async () => {
  const world = product();
  await world.json("daemon", "start");
  const ran = await world.run("events", "--after", "99999");
  expect(ran).toMatchObject({ code: 0, stdout: "" });
  expect(ran.stderr).toMatch(/^no event has that number; the journal goes on behind \d{1,3}\n$/);
});

test.each([
  ["logs", ["dev", "-n", "1"]],
  ["events", ["--after", "0"]],
])("%s -f ends when its reader has seen enough, though nothing more comes", async (name, words) => {
  const world = product();
  await world.json("launch", "--provider", "scripted", "--name", "dev", "--no-panel");
  await untilStatus(world, "dev", "idle");
  const command = `conductor ${name} ${words.join(" ")} -f | head -n 1`;
  const env = { ...world.env, PATH: `${BIN}:${world.env["PATH"]}` };
  const ran = promisify(execFile)("bash", ["-c", command], { env, timeout: 10_000 });
  expect((await ran).stdout.split("\n")).toHaveLength(2);
});
