/** The gate level `contain`: what an agent in the sandbox reaches, with the gate and with none in its way. */
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { type Contained, contained, NO_GATE, runnerFiles } from "../support/contained.ts";
import { type Product, product, until } from "../support/product.ts";
import { inboxOf, terminalOf, untilSettled, untilStatus } from "../support/scripted.ts";
import { type Start, WAYS, type Way } from "../support/ways.ts";

/** Not every machine that runs these tests lets anybody make a sandbox; scripts/lib.sh installs what it can. */
const works =
  spawnSync("bwrap", ["--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).status ===
  0;

interface Place {
  readonly world: Product;
  readonly agent: Contained;
}

async function place(settings = "gate: { waitSeconds: 0.2 }\n"): Promise<Place> {
  const world = product(settings);
  return { world, agent: await contained(world) };
}

/** The names of those that change their file, each with one of its own beside the workspace. */
async function reaching(
  { world, agent }: Place,
  ways: readonly Way[],
  env = {},
): Promise<string[]> {
  const reached: string[] = [];
  for (const [number, [name, start]] of ways.entries()) {
    const victim = path.join(world.home, `victim-${number}`);
    writeFileSync(victim, "");
    const asked = start(victim);
    await agent.run({ ...asked, env: { ...env, ...asked.env } });
    if (!existsSync(victim) || readFileSync(victim, "utf8") !== "") reached.push(name);
  }
  return reached;
}

test.skipIf(!works)(
  "none of 41 ways changes a file outside the workspace, with the gate or without it",
  async () => {
    const at = await place();
    expect(WAYS).toHaveLength(41);
    const before = tree(at.world.home);
    expect(await reaching(at, WAYS)).toEqual([]);
    expect(await reaching(at, WAYS, NO_GATE)).toEqual([]);
    const made = tree(at.world.home).filter((file) => !before.includes(file));
    expect(made.toSorted()).toEqual(WAYS.map((_, number) => `victim-${number}`).toSorted());
    // They do work where the agent may write.
    const inside = path.join(at.agent.workspace, "victim");
    writeFileSync(inside, "");
    await at.agent.free(`rm ${inside}`);
    expect(existsSync(inside)).toBe(false);
  },
  120_000,
);

function tree(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== ".conductor");
}

/** What gets through `guard`. */
const BEYOND: Readonly<Record<string, (victim: string) => Start>> = {
  Python: (victim) => ({ file: "python3", args: ["-c", `open("${victim}", "w").write("x")`] }),
  Node: (victim) => ({ file: "node", args: ["-e", `fs.rmSync("${victim}")`] }),
  "a redirect in sh": (victim) => ({ file: "/bin/sh", args: ["-c", `echo gone > ${victim}`] }),
  "an emptied environment": (victim) => ({
    file: "/usr/bin/env",
    args: ["-i", "/bin/sh", "-c", `rm ${victim}`],
  }),
  "a user namespace of its own": (victim) => ({
    file: "unshare",
    args: ["-rm", "sh", "-c", `mount -o remount,rw,bind /; mount -o remount,rw /; rm ${victim}`],
  }),
  "a sandbox in the sandbox": (victim) => ({
    file: "bwrap",
    args: ["--dev-bind", "/", "/", "rm", victim],
  }),
  "the root of another process": (victim) => ({
    file: "/bin/sh",
    args: ["-c", `for root in /proc/[0-9]*/root; do rm $root${victim}; done`],
  }),
  "a link in the workspace": (victim) => ({
    file: "/bin/sh",
    args: ["-c", `ln -sf ${victim} link; echo gone > link; ln -f ${victim} hard; echo gone > hard`],
  }),
};

test.skipIf(!works)("what gets through guard does not get through contain", async () => {
  const ways = Object.entries(BEYOND);
  expect(await reaching(await place(), ways, NO_GATE)).toEqual([]);
});

/** Each prints, once it has done what it must not be able to do. */
const TAMPERING = {
  "write the project's policy": "mkdir -p .ai && echo 'version: 1' > .ai/policy.yaml",
  "move the policy's folder away": "mv .ai elsewhere",
  "remove it": "rm -rf .ai && mkdir .ai && touch .ai/policy.yaml",
  "put a link in its place": "rm -rf .ai; ln -s /tmp .ai && test -L .ai",
  "write a hook of git": "mkdir -p .git/hooks && echo exit > .git/hooks/pre-commit",
  "write git's configuration": "mkdir -p .git && echo '[alias] x = !sh' >> .git/config",
  "write git's attributes": "mkdir -p .git/info && echo '* filter=x' > .git/info/attributes",
  "move the repository away": "mv .git elsewhere",
  "write settings of Claude Code": "mkdir -p .claude && echo '{}' > .claude/settings.json",
  "write local settings of Claude Code":
    "mkdir -p .claude && echo '{}' > .claude/settings.local.json",
  "write servers of MCP": "echo '{}' > .mcp.json",
  "write settings of Codex": "mkdir -p .codex && echo > .codex/config.toml",
  "write settings of Gemini": "mkdir -p .gemini && echo '{}' > .gemini/settings.json",
  "write settings of OpenCode": "echo '{}' > opencode.json && grep -q . opencode.json",
  "move them away": "mv opencode.json elsewhere",
} as const;

async function tampered(agent: Contained): Promise<string[]> {
  const done: string[] = [];
  for (const [name, text] of Object.entries(TAMPERING)) {
    const { stdout } = await agent.free(`{ ${text}; } 2>/dev/null && echo done`);
    if (stdout !== "") done.push(name);
  }
  return done;
}

test.skipIf(!works)(
  "what others obey cannot be made where it is absent, and leaves nothing behind",
  async () => {
    const { world, agent } = await place();
    expect(await tampered(agent)).toEqual([]);
    await world.json("stop", "dev", "--force");
    const left = (): string[] =>
      readdirSync(agent.workspace).filter((name) => !name.includes("runner"));
    await until(() => left().length === 0, "the workspace is as it was");
    await contained(world, agent.workspace);
    expect(left()).toContain(".ai");
    expect(readdirSync(world.home)).toContain(".npm");
    await world.run("shutdown", "--all");
    await world.run("daemon", "stop");
    expect(left()).toEqual([]);
    expect(readdirSync(world.home)).not.toContain(".npm");
  },
);

test.skipIf(!works)(
  "what others obey cannot be changed where it is, and git works all the same",
  async () => {
    const world = product();
    const workspace = path.join(world.folder, "work");
    repository(workspace);
    for (const folder of [".ai", ".claude", ".codex", ".gemini"])
      mkdirSync(path.join(workspace, folder));
    writeFileSync(path.join(workspace, ".ai/policy.yaml"), "version: 1\n");
    writeFileSync(path.join(workspace, ".claude/settings.json"), "{}");
    const config = readFileSync(path.join(workspace, ".git/config"), "utf8");
    const agent = await contained(world, workspace);
    expect(await tampered(agent)).toEqual([]);
    const commit =
      "echo a > a && git add a && git commit -qm 'by the agent' && git switch -qc other && git diff HEAD && git status -s opencode.json";
    expect(await agent.free(commit)).toMatchObject({ code: 0, stdout: "" });
    expect(execFileSync("git", ["-C", workspace, "log", "-1", "--format=%s"]).toString()).toBe(
      "by the agent\n",
    );
    expect(readFileSync(path.join(workspace, ".git/config"), "utf8")).toBe(config);
    expect(readFileSync(path.join(workspace, ".ai/policy.yaml"), "utf8")).toBe("version: 1\n");
  },
);

function repository(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Dev");
  git("config", "user.email", "dev@example.com");
  git("commit", "-q", "--allow-empty", "-m", "begin");
}

test.skipIf(!works)(
  "in a git worktree commits work, and the repository it belongs to cannot be configured",
  async () => {
    const world = product();
    const main = path.join(world.folder, "main");
    const workspace = path.join(world.folder, "work");
    repository(main);
    execFileSync("git", ["-C", main, "worktree", "add", "-q", "-b", "x", workspace], {
      stdio: "ignore",
    });
    const agent = await contained(world, workspace);
    expect(
      await agent.free("echo a > a && git add a && git commit -qm 'by the agent'"),
    ).toMatchObject({ code: 0 });
    expect(execFileSync("git", ["-C", main, "log", "-1", "--format=%s", "x"]).toString()).toBe(
      "by the agent\n",
    );
    const attempts = [
      `git config alias.x '!sh'`,
      `echo exit > ${main}/.git/hooks/pre-commit`,
      `echo ../../../evil > ${main}/.git/worktrees/work/commondir`,
      `rm .git`,
      `echo 'gitdir: evil' > .git`,
    ];
    for (const text of attempts) expect(await agent.free(text)).not.toMatchObject({ code: 0 });
    await agent.free(`echo x > ${main}/file`);
    expect(existsSync(path.join(main, "file"))).toBe(false);
  },
);

test.skipIf(!works)(
  "our own home, our sockets and processes outside are out of reach",
  async () => {
    const { world, agent } = await place();
    const home = path.join(world.home, ".conductor");
    const pid = await world.daemonPid();
    const seen = await agent.free(
      `find ${home} -type f; find ${world.folder}/tmux-0 ${home} -type s`,
    );
    expect(seen.stdout).toBe("");
    expect((await agent.free(`kill -STOP ${pid}`)).stderr).toContain("No such process");
    expect((await agent.free("tmux -L conductor send-keys x")).code).not.toBe(0);
    expect((await agent.free(`tmux -S ${world.folder}/tmux-0/${world.socket} ls`)).code).not.toBe(
      0,
    );
    expect((await agent.free(`echo x > ${home}/policy.yaml`)).code).not.toBe(0);
    expect((await agent.free("echo $TMUX$SSH_AUTH_SOCK$CONDUCTOR_PANE")).stdout).toBe("\n");
    expect(await world.run("daemon", "status")).toMatchObject({ code: 0 });
  },
);

test.skipIf(!works)(
  "the gate asks in the sandbox too, only a person decides, and a yes lets the command run",
  async () => {
    const { world, agent } = await place("gate: { waitSeconds: 20 }\n");
    const file = path.join(agent.workspace, "kept");
    writeFileSync(file, "");
    const running = agent.bash("rm -rf kept");
    let asked: ApprovalView | undefined;
    await until(async () => {
      [asked] = await world.json<ApprovalView[]>("approvals");
      return asked !== undefined;
    }, "it is asked");
    const number = String(asked?.number);
    const main = path.resolve(import.meta.dirname, "../../dist/main.js");
    const token = readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim();
    const approve: Start = { file: "node", args: [main, "approve", number] };
    for (const env of [
      {},
      { CONDUCTOR_TOKEN: token },
      { ...NO_GATE, CONDUCTOR_GATE: "contain", CONDUCTOR_TOKEN: token },
    ])
      expect(await agent.run({ ...approve, env })).toMatchObject({ code: 4 });
    // From a session of its own, whose parent is gone.
    const away = `setsid -f env CONDUCTOR_TOKEN=${token} CONDUCTOR_GATE=contain CONDUCTOR_URL=$CONDUCTOR_URL $NODE ${main} approve ${number} > answer 2>&1; sleep 1; cat answer`;
    expect((await agent.free(`NODE=${process.execPath}; ${away}`)).stdout).toContain("error");
    expect(existsSync(file)).toBe(true);
    await world.json("approve", number);
    expect(await running).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
  },
);

test.skipIf(!works)(
  "a contained agent is ready, takes messages, keeps its exit code and is found again",
  async () => {
    const world = product("gate: { level: contain }\n");
    const workspace = path.join(world.folder, "work");
    mkdirSync(workspace);
    const receipts = path.join(workspace, "receipts");
    const launch = ["launch", "--provider", "scripted", "--name", "dev", "--cwd", workspace];
    await world.json(...launch, "--no-panel", "--", "--receipts", receipts);
    await untilStatus(world, "dev", "idle");
    await world.json("send", "dev", "hello");
    await untilSettled(world, "dev", 1);
    expect(readFileSync(receipts, "utf8")).toContain('"text":"hello"');
    expect((await world.run("ls")).stdout).toMatch(/GATE[\s\S]*contain/);
    await world.killDaemon();
    await world.json("send", "dev", "again");
    await untilSettled(world, "dev", 2);
    expect((await inboxOf(world, "dev")).map(({ state }) => state)).toEqual([
      "delivered",
      "delivered",
    ]);
    await world.json("restart", "dev");
    await untilStatus(world, "dev", "idle");
    expect(await terminalOf(world, "dev")).toMatchObject({ gate: "contain" });
    await world.json("send", "dev", "do:crash 9");
    await untilStatus(world, "dev", "exited");
    expect(await terminalOf(world, "dev")).toMatchObject({ exitCode: 9 });
  },
);

test.skipIf(!works)("keys that interrupt reach the agent, and its sandbox lives on", async () => {
  const { world, agent } = await place();
  const { paneId } = await terminalOf(world, "dev");
  await world.tmux("send-keys", "-t", paneId ?? "", "C-c");
  await until(
    () => existsSync(path.join(agent.workspace, "interrupted")),
    "the agent was interrupted",
  );
  expect(await agent.free("echo lives")).toMatchObject({ stdout: "lives\n" });
  await world.tmux("send-keys", "-t", paneId ?? "", "C-d");
  await untilStatus(world, "dev", "exited");
  expect(await terminalOf(world, "dev")).toMatchObject({ exitCode: 7 });
});

test.skipIf(!works)(
  "a folder that cannot be protected is refused, and nothing is started",
  async () => {
    const world = product();
    const workspace = path.join(world.folder, "work");
    runnerFiles(world, workspace);
    symlinkSync("/tmp", path.join(workspace, ".claude"));
    const launch = ["launch", "--provider", "runner", "--gate", "contain", "--no-panel", "--cwd"];
    const linked = await world.run(...launch, workspace);
    expect(linked).toMatchObject({ code: 2, stderr: expect.stringContaining("is a link") });
    const home = await world.run(...launch, world.home);
    expect(home).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot be contained") });
    expect(await world.json("ls", "--all")).toEqual([]);
  },
);

test("where bubblewrap does not work nothing is started, and guard still is to be had", async () => {
  const broken = mkdtempSync(path.join(tmpdir(), "cnd-bin-"));
  onTestFinished(() => rmSync(broken, { recursive: true, force: true }));
  const text = "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n";
  writeFileSync(path.join(broken, "bwrap"), text, { mode: 0o755 });
  const node = path.resolve(import.meta.dirname, "../../node_modules/.bin");
  const world = product("", { PATH: `${broken}:${node}:/usr/local/bin:/usr/bin:/bin` });
  const workspace = path.join(world.folder, "work");
  runnerFiles(world, workspace);
  const launch = ["launch", "--provider", "runner", "--no-panel", "--cwd", workspace, "--gate"];
  const refused = await world.run(...launch, "contain");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("new namespace") });
  expect(await world.json("ls", "--all")).toEqual([]);
  expect(await world.run(...launch, "guard")).toMatchObject({ code: 0 });
});

test.skipIf(!works)(
  "with the network off nothing answers but the gate and conductor, through a door for agents alone",
  async () => {
    const world = product("gate: { waitSeconds: 0.2 }\n");
    const workspace = path.join(world.folder, "work");
    const agent = await contained(world, workspace, "--network", "off");
    const server = createServer((socket) => socket.end("reached\n"));
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const reach = `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`;
    expect(await agent.free(reach)).toMatchObject({ code: 1, stdout: "" });
    expect(await agent.bash("echo allowed")).toMatchObject({ code: 0, stdout: "allowed\n" });
    const held = await agent.bash("rm -rf src");
    expect(held).toMatchObject({ code: 126, stderr: expect.stringContaining("approval") });
    const main = path.resolve(import.meta.dirname, "../../dist/main.js");
    const listed = await agent.run({ file: "node", args: [main, "ls"] });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining("contain") });
    const token = readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim();
    const env = { CONDUCTOR_TOKEN: token };
    const asHuman = await agent.run({ file: "node", args: [main, "ls"], env });
    expect(asHuman).toMatchObject({ code: 4, stderr: expect.stringContaining("only agents") });
    await world.killDaemon();
    await world.run("ls");
    expect(await agent.bash("echo again")).toMatchObject({ code: 0, stdout: "again\n" });
    const loose = await world.run("launch", "-p", "runner", "--network", "off", "--cwd", workspace);
    expect(loose).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("needs the gate level"),
    });
  },
);

/** As an MCP client does it, in words that any program can say. */
const LIST = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "list_agents", arguments: {} },
});
const OVER_HTTP = `
fetch(process.env.CONDUCTOR_URL + "/mcp", { method: "POST", body: process.argv[1], headers: {
  authorization: "Bearer " + process.env.CONDUCTOR_TOKEN,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
} }).then((answer) => answer.text()).then((text) => process.stdout.write(text));
`;

const BY_BRIDGE = `
const [, asked, main] = process.argv;
const bridge = require("node:child_process").spawn(process.execPath, [main, "mcp"], { stdio: ["pipe", "pipe", "inherit"] });
bridge.stdin.write(asked + "\\n");
bridge.stdout.once("data", (text) => { process.stdout.write(text); bridge.stdin.end(); });
`;

test.skipIf(!works).each([["on"], ["off"]] as const)(
  "with the network %s its MCP client has agents' tools, over HTTP and by the bridge",
  async (network) => {
    const world = product();
    const how = network === "off" ? ["--network", "off"] : [];
    const agent = await contained(world, path.join(world.folder, "work"), ...how);
    const own = expect.stringMatching(/"name\\": \\"dev\\"[^]*you\\": true/);
    const http = await agent.run({ file: "node", args: ["-e", OVER_HTTP, LIST] });
    expect(http).toMatchObject({ code: 0, stdout: own });
    const main = path.resolve(import.meta.dirname, "../../dist/main.js");
    const bridge = await agent.run({ file: "node", args: ["-e", BY_BRIDGE, LIST, main] });
    expect(bridge).toMatchObject({ code: 0, stdout: own });
  },
);

test.skipIf(!works)(
  "what the settings name can be written, and all that ran ends with the pane",
  async () => {
    const world = product("gate: { writable: [~/shared, ~/.conductor] }\n");
    const shared = path.join(world.home, "shared");
    mkdirSync(shared);
    const agent = await contained(world);
    expect(await agent.free(`echo x > ${shared}/file`)).toMatchObject({ code: 0 });
    expect((await agent.free(`cat ${world.home}/.conductor/token`)).code).toBe(1);
    const mark = `CONTAINED_MARK=${world.socket}`;
    await agent.free(`${mark} setsid -f sleep 1000 < /dev/null > /dev/null 2>&1`);
    const left = (): string[] =>
      readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && environOf(pid).includes(mark));
    expect(left()).toHaveLength(1);
    await world.json("stop", "dev", "--force");
    await until(() => left().length === 0, "no process is left");
  },
);

function environOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
