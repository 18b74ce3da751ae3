import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import type { TerminalView } from "../../src/contract/terminals.ts";
import { agent, pending } from "../support/gated-agent.ts";
import { product } from "../support/product.ts";

test("ordinary work passes unnoticed, and is recorded", async () => {
  const world = product();
  const { bash } = await agent(world);
  expect(await bash("-c", "cat src/a.ts; echo done > out.txt")).toMatchObject({
    code: 0,
    stdout: "work",
    stderr: "",
  });
  expect(await world.json("approvals")).toEqual([]);
  const decisions = await world.json<DecisionView[]>("decisions");
  expect(decisions).toMatchObject([
    { effect: "allow", command: "cat src/a.ts; echo done > out.txt" },
  ]);
});

test("a catastrophic command is refused, and its agent is told why", async () => {
  const world = product();
  const { bash } = await agent(world);
  const keep = path.join(world.home, "keep.txt");
  writeFileSync(keep, "");
  const ran = await bash("-c", 'x=-rf; rm $x "$HOME"/*; echo after');
  expect(ran).toMatchObject({ code: 126, stdout: "" });
  expect(ran.stderr).toContain("conductor: refused by policy: Deletes outside the workspace");
  expect(existsSync(keep)).toBe(true);
  expect(await world.json<DecisionView[]>("decisions", "--effect", "deny")).toHaveLength(1);
});

test("a risky command waits, and runs after a human has said yes", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const running = bash("-c", "rm -rf src && echo gone");
  const asked = await pending(world);
  expect(asked.action).toMatchObject({ text: "rm -rf src && echo gone", cwd: workspace });
  const held = await world.json<TerminalView[]>("ls");
  expect(held).toMatchObject([{ status: "waiting", detail: "permission" }]);
  expect(existsSync(path.join(workspace, "src/a.ts"))).toBe(true);
  await world.run("approve", String(asked.number));
  expect(await running).toMatchObject({ code: 0, stdout: "gone\n" });
  expect(existsSync(path.join(workspace, "src"))).toBe(false);
});

test("a denied command never runs, and its agent reads the reason", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const running = bash("-c", "rm -rf src");
  const asked = await pending(world);
  await world.run("deny", String(asked.number), "--reason", "we need it");
  const ran = await running;
  expect(ran.code).toBe(126);
  expect(ran.stderr).toContain("a human said no to #1: we need it");
  expect(existsSync(path.join(workspace, "src/a.ts"))).toBe(true);
});

test("a yes that comes after the deadline is used once, when the command is run again", async () => {
  const world = product("gate: { waitSeconds: 0.2 }\n");
  const { bash, workspace } = await agent(world);
  const ran = await bash("-c", "rm -rf src");
  expect(ran.code).toBe(126);
  expect(ran.stderr).toContain("run the same command again after approval #1");
  await world.run("approve", "1");
  expect(existsSync(path.join(workspace, "src"))).toBe(true);
  expect(await bash("-c", "rm -rf src")).toMatchObject({ code: 0 });
  expect(existsSync(path.join(workspace, "src"))).toBe(false);
  mkdirSync(path.join(workspace, "src"));
  expect(await bash("-c", "rm -rf src")).toMatchObject({ code: 126 });
});

test("the daemon killed while a command waits: it never runs, nor later", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const running = bash("-c", "rm -rf src");
  await pending(world);
  await world.killDaemon();
  const ran = await running;
  expect(ran.code).toBe(126);
  expect(ran.stderr).toContain("does not answer, so this did not run");
  const [left] = await world.json<ApprovalView[]>("approvals", "--all");
  expect(left).toMatchObject({ state: "abandoned" });
  expect(existsSync(path.join(workspace, "src/a.ts"))).toBe(true);
});

test("while the daemon is away only plain looking runs", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  await world.killDaemon();
  expect(await bash("-c", "cat src/a.ts")).toEqual({ code: 0, stdout: "work", stderr: "" });
  for (const text of ["cat src/a.ts > x", "touch x", "ls; touch x", "ls $(touch x)"]) {
    const ran = await bash("-c", text);
    expect(ran.code).toBe(126);
    expect(ran.stderr).toContain("conductor daemon start");
  }
  expect(existsSync(path.join(workspace, "x"))).toBe(false);
});

test("the commands of a script are held one by one, with the values they have", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  writeFileSync(
    path.join(workspace, "go.sh"),
    'dir=dist\nmkdir -p "$dir"\nrm -rf "$dir"\necho cleaned\ndir=$HOME\nrm -rf "$dir"\necho after\n',
  );
  const ran = await bash("go.sh");
  expect(ran).toMatchObject({ code: 126, stdout: "cleaned\n" });
  expect(ran.stderr).toContain("Deletes outside the workspace");
});

test("at the level observe everything runs, and the decision is recorded all the same", async () => {
  const world = product("gate: { level: observe }\n");
  const { bash, workspace } = await agent(world, "observe");
  expect(await bash("-c", "rm -rf src")).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(path.join(workspace, "src"))).toBe(false);
  expect(await world.json<DecisionView[]>("decisions")).toMatchObject([{ effect: "ask" }]);
  expect(await world.json("approvals")).toEqual([]);
});

test("another agent's token, or none, opens no gate", async () => {
  const world = product();
  const { bash } = await agent(world);
  const ran = await bash("-c", "CONDUCTOR_TOKEN=x bash -c 'touch y'");
  expect(ran.code).toBe(126);
});

test("no agent approves, whatever it presents and through whichever door", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const running = bash("-c", "rm -rf src");
  const { number } = await pending(world);
  const token = readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim();
  const port = (await world.json<{ http: { port: number } }>("daemon", "status")).http.port;
  const socket = path.join(world.home, ".conductor/conductor.sock");
  const ask = (door: string) =>
    `curl -sS ${door}/api/v1/approvals/${number}/verdict -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '{"verdict":"approve"}'`;
  const doors = [
    ask(`http://127.0.0.1:${port}`),
    ask(`--unix-socket ${socket} http://localhost`),
    `setsid ${ask(`http://127.0.0.1:${port}`)}`,
    `env -u CONDUCTOR_TERMINAL_ID conductor approve ${number}`,
  ];
  for (const text of doors) {
    // Past the gate, as a program of the agent's own would be: with -p bash reads no BASH_ENV, and the
    // programs' own folders hold no shim.
    const own = `PATH=\${PATH#*:}; ${text}`;
    const ran = await bash("--norc", "-p", "-c", own);
    expect(`${ran.stdout}${ran.stderr}`).toMatch(/auth\.refused|cannot decide approvals/);
  }
  expect(existsSync(path.join(workspace, "src/a.ts"))).toBe(true);
  await world.run("deny", String(number));
  expect((await running).code).toBe(126);
});
