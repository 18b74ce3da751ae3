/** Commands that wait for a human, and what is taken away from them meanwhile: the daemon, their shell, their pane. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { GATE_FAILPOINTS } from "../../src/daemon/gatekeeper.ts";
import { type Agent, agent, pending } from "../support/gated-agent.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf, startDoomed, terminalOf, untilStatus } from "../support/scripted.ts";
import { seeded } from "../support/seeded.ts";

const ZSH = existsSync("/usr/bin/zsh") ? ["zsh -c", "a script of zsh"] : [];
/** Ways to be held: a text, a script's command, and a shim that dash starts. */
const WAYS = ["bash -c", "a script of bash", "a script of sh", ...ZSH];

/** Removes a folder of its own, and leaves a line for each time that it ran. */
interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  times(): number;
}

function commandOf({ workspace }: Agent, name: string, way: string): Command {
  const folder = path.join(workspace, "src", name);
  const ran = path.join(workspace, "ran", name);
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.dirname(ran), { recursive: true });
  const text = `rm -rf src/${name} && echo ran >> ran/${name}`;
  const [shell = ""] = way
    .split(" ")
    .toReversed()
    .filter((word) => word !== "-c");
  const script = path.join(workspace, `${name}.sh`);
  if (!way.endsWith("-c")) writeFileSync(script, `${text}\n`);
  return {
    name,
    file: shell === "zsh" ? "/usr/bin/zsh" : `/bin/${shell}`,
    args: way.endsWith("-c") ? ["-c", text] : [script],
    times: () => {
      const lines = existsSync(ran) ? readFileSync(ran, "utf8").split("\n").length - 1 : 0;
      return existsSync(folder) ? lines : Math.max(lines, 1);
    },
  };
}

async function approvalsOf(world: Product, commands: readonly Command[]): Promise<ApprovalView[]> {
  const all = await clientOf(world).approvals({ all: true });
  const isOf = ({ action }: ApprovalView) =>
    commands.some(({ name }) => new RegExp(`src/${name}( |$)`).test(action.text));
  return all.filter(isOf);
}

const approve = (world: Product, { id, hash }: ApprovalView) =>
  clientOf(world)
    .decide(id, { verdict: "approve", hash })
    .then(
      () => "approved",
      (error: unknown): unknown => Reflect.get(Object(error), "code"),
    );

/** In each of five rounds 20 that nobody answers, and 5 that are said yes to just as the daemon dies. */
test("100 commands that wait when the daemon is killed never run, nor later", async () => {
  const seed = Number(process.env["SEED"] ?? 20_261_121);
  const random = seeded(seed);
  const world = product();
  const dev = await agent(world);
  const unanswered: Command[] = [];
  const answered: Command[] = [];
  for (const round of [1, 2, 3, 4, 5]) {
    const commands = Array.from({ length: 25 }, (_, at) =>
      commandOf(dev, `r${round}c${at}`, WAYS[at % WAYS.length] ?? ""),
    );
    const [toAnswer, toLeave] = [commands.slice(0, 5), commands.slice(5)];
    const running = commands.map(({ file, args }) => dev.run(file, args));
    // In the first round some are still on their way.
    const enough = round === 1 ? 1 + Math.floor(random() * 20) : commands.length;
    await until(async () => (await approvalsOf(world, commands)).length >= enough, "they wait");
    const asked = round === 1 ? [] : await approvalsOf(world, toAnswer);
    const answers = asked.map((each) => approve(world, each));
    await new Promise((resolve) => setTimeout(resolve, random() * 250));
    await world.killDaemon();
    await Promise.all(answers);
    const codes = (await Promise.all(running)).map(({ code }) => code);
    // Its agent is told what did not run; a script may have had its first command and not its second.
    const silent = commands.filter((each, at) => each.times() === 0 && codes[at] !== 126);
    expect(silent).toEqual([]);
    const lying = commands.filter((each, at) => each.times() !== 1 && codes[at] === 0);
    expect(lying).toEqual([]);
    await world.json("daemon", "start");
    unanswered.push(...toLeave);
    answered.push(...toAnswer);
    const after = await approvalsOf(world, commands);
    expect(await Promise.all(after.map((each) => approve(world, each)))).toEqual(
      after.map(() => "approval.decided"),
    );
    const used = new Set(after.filter(({ state }) => state === "consumed").map(({ id }) => id));
    const ran = await approvalsOf(
      world,
      commands.filter((each) => each.times() > 0),
    );
    expect(ran.filter(({ id }) => !used.has(id))).toEqual([]);
    expect(after.filter(({ state }) => state !== "consumed" && state !== "abandoned")).toEqual([]);
  }
  expect(unanswered).toHaveLength(100);
  expect(unanswered.filter((each) => each.times() > 0)).toEqual([]);
  expect(answered.filter((each) => each.times() > 1)).toEqual([]);
}, 90_000);

test.each(GATE_FAILPOINTS)(
  "killed at %s, nothing runs, and it is asked anew",
  async (failpoint) => {
    const world = product();
    const dev = await agent(world);
    const { bash, workspace } = dev;
    const { dead } = await startDoomed(world, failpoint);
    const file = path.join(workspace, "plain");
    const command = commandOf(dev, "it", "bash -c");
    const isPlain = failpoint === "gate.recorded";
    const running = isPlain ? bash("-c", "touch plain") : dev.run(command.file, command.args);
    if (failpoint === "gate.used") await approve(world, await pending(world));
    expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
    expect((await running).code).toBe(126);
    await world.json("daemon", "start");
    if (isPlain) {
      expect(existsSync(file)).toBe(false);
      expect(await bash("-c", "touch plain")).toMatchObject({ code: 0 });
      return;
    }
    expect(command.times()).toBe(0);
    const [left] = await approvalsOf(world, [command]);
    expect(left?.state).toBe(failpoint === "gate.used" ? "consumed" : "abandoned");
    const again = dev.run(command.file, command.args);
    const asked = await pending(world);
    expect(asked.number).toBe(2);
    await approve(world, asked);
    expect((await again).code).toBe(0);
    expect(command.times()).toBe(1);
  },
);

test("a shell that is killed while it waits leaves an abandoned request", async () => {
  const world = product();
  const dev = await agent(world);
  for (const way of WAYS) {
    const command = commandOf(dev, `k${way.replaceAll(/\W/g, "")}`, way);
    const options = { cwd: dev.workspace, env: dev.env, stdio: "ignore", detached: true } as const;
    const child = spawn(command.file, command.args, options);
    const asked = await pending(world);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
    const state = async () => (await clientOf(world).approval(asked.id)).state;
    await until(async () => (await state()) === "abandoned", `${way} is abandoned`);
    expect(await approve(world, asked)).toBe("approval.decided");
    expect(command.times()).toBe(0);
  }
});

test("a pane that is closed takes along what waits in it, also what left its process tree", async () => {
  const world = product();
  const dev = await agent(world);
  const command = commandOf(dev, "it", "bash -c");
  const script = path.join(dev.workspace, "run.sh");
  writeFileSync(script, `exec bash -c ${JSON.stringify(command.args[1])}\n`);
  // Its own session: no signal of the terminal reaches it.
  const away = `setsid -f /bin/bash -p ${script} </dev/null >/dev/null 2>&1`;
  await clientOf(world).send({ to: "dev", body: `do:sh ${away}` });
  const asked = await pending(world);
  const { paneId } = await terminalOf(world, "dev");
  await world.tmux("kill-pane", "-t", paneId ?? "");
  await untilStatus(world, "dev", "lost");
  const state = async () => (await clientOf(world).approval(asked.id)).state;
  await until(async () => (await state()) === "abandoned", "it is abandoned");
  expect(await approve(world, asked)).toBe("approval.decided");
  expect(command.times()).toBe(0);
});

test("a question whose caller was told to come back outlives the daemon, and runs by nobody else", async () => {
  const world = product("gate: { waitSeconds: 0.2 }\n");
  const dev = await agent(world);
  const command = commandOf(dev, "it", "bash -c");
  const late = await dev.run(command.file, command.args);
  expect(late.stderr).toContain("run the same command again after approval #1");
  await world.killDaemon();
  await world.json("daemon", "start");
  expect(await approve(world, await pending(world))).toBe("approved");
  expect(command.times()).toBe(0);
  expect(await dev.run(command.file, command.args)).toMatchObject({ code: 0 });
  expect(command.times()).toBe(1);
});
