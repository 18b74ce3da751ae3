/** An agent whose own hooks are asked, as Claude Code's are: by the settings that its launch wrote. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import { agent, pending } from "../support/gated-agent.ts";
import { type Product, product, until } from "../support/product.ts";

interface Hooked {
  readonly workspace: string;
  /** Has the agent call a tool; resolves when the call is on its way. */
  call(tool: string, input: object, before?: string): Promise<void>;
  shows(words: string): Promise<void>;
  /** Resolves with what the agent was told at the end of its turn. */
  told(): Promise<string>;
}

async function hooked(world: Product, level = "guard"): Promise<Hooked> {
  const { workspace } = await agent(world, level);
  mkdirSync(path.join(workspace, "work"));
  const screen = async () =>
    (await world.tmux("capture-pane", "-p", "-S", "-", "-t", "=conductor:=dev")).stdout;
  let turns = 0;
  return {
    workspace,
    call: async (tool, input, before = "") => {
      turns += 1;
      await world.run("send", "dev", `${before}do:tool ${tool} ${JSON.stringify(input)}`);
    },
    shows: (words) => until(async () => (await screen()).includes(words), `it shows ${words}`),
    told: async () => {
      const ends = async () => (await screen()).split("● ran: exit ").slice(1);
      await until(async () => (await ends()).length >= turns, "the agent's turn is over");
      return ((await ends()).at(-1) ?? "").split("\n\n")[0]?.replaceAll(/\s+/g, " ") ?? "";
    },
  };
}

const removal = { command: "rm -rf src" };
const source = (dev: Hooked) => path.join(dev.workspace, "src/a.ts");

test("ordinary calls pass unnoticed by both gates, and are recorded", async () => {
  const world = product();
  const dev = await hooked(world);
  await dev.call("Bash", { command: "cat src/a.ts" });
  expect(await dev.told()).toContain("0 ⎿ work");
  await dev.call("Write", { file_path: path.join(dev.workspace, "new.txt"), content: "x" });
  expect(await dev.told()).toContain("wrote");
  expect(readFileSync(path.join(dev.workspace, "new.txt"), "utf8")).toBe("x");
  expect(await world.json("approvals", "--all")).toEqual([]);
  const seen = (await world.json<DecisionView[]>("decisions")).toReversed();
  expect(seen.map(({ source: by, effect, command }) => [by, effect, command])).toEqual([
    ["hook", "allow", "cat src/a.ts"],
    ["bash", "allow", "cat src/a.ts"],
    ["hook", "allow", `Write ${dev.workspace}/new.txt\nx`],
  ]);
});

test("a risky call waits in its hook, and one yes covers the shell's view of it: once", async () => {
  const world = product();
  const dev = await hooked(world);
  await dev.call("Bash", removal);
  const asked = await pending(world);
  expect(asked.action).toMatchObject({ kind: "command", text: "rm -rf src", cwd: dev.workspace });
  expect(existsSync(source(dev))).toBe(true);
  await world.run("approve", String(asked.number));
  expect(await dev.told()).toMatch(/^0\b/);
  expect(existsSync(source(dev))).toBe(false);
  expect(await world.json("approvals", "--all")).toHaveLength(1);

  mkdirSync(path.join(dev.workspace, "src"));
  writeFileSync(source(dev), "again");
  await dev.call("Bash", removal);
  const second = await pending(world);
  expect(second.number).not.toBe(asked.number);
  await world.run("deny", String(second.number), "--reason", "we need it");
  expect(await dev.told()).toContain("we need it");
  expect(existsSync(source(dev))).toBe(true);
});

test("a yes to a hook is no yes to the same text from elsewhere, once its call is over", async () => {
  const world = product();
  const dev = await agent(world);
  const token = await environment(world);
  const door = `${token["CONDUCTOR_URL"]}/api/v1/hooks/claude-code`;
  const call = {
    cwd: dev.workspace,
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: removal,
    tool_use_id: "toolu_1",
  };
  const answered = post(`${door}/PreToolUse`, JSON.stringify(call), token);
  const { number } = await pending(world);
  await world.run("approve", String(number));
  expect(await answered).toMatchObject({
    body: { hookSpecificOutput: { permissionDecision: "allow" } },
  });
  const over = { tool_name: "Bash", tool_use_id: "toolu_1" };
  expect(await post(`${door}/PostToolUse`, JSON.stringify(over), token)).toMatchObject({
    status: 200,
  });
  const running = dev.bash("-c", "rm -rf src");
  const again = await pending(world);
  await world.run("deny", String(again.number));
  expect((await running).code).toBe(126);
  expect(existsSync(path.join(dev.workspace, "src/a.ts"))).toBe(true);
});

test("a write outside the workspace asks, one to the guard's own files is refused", async () => {
  const world = product();
  const dev = await hooked(world);
  const outside = path.join(world.home, "notes.txt");
  await dev.call("Write", { file_path: outside, content: "hello" });
  const asked = await pending(world);
  expect(asked.action).toMatchObject({ kind: "tool", text: `Write ${outside}\nhello` });
  expect(existsSync(outside)).toBe(false);
  await world.run("approve", String(asked.number));
  expect(await dev.told()).toContain("wrote");
  expect(readFileSync(outside, "utf8")).toBe("hello");

  await dev.call("Write", { file_path: ".ai/policy.yaml", content: "version: 1" });
  expect(await dev.told()).toContain("refused by policy");
  expect(existsSync(path.join(dev.workspace, ".ai"))).toBe(false);
});

test("after the deadline the call is denied, and a later yes is used by its next run and no other", async () => {
  const world = product("gate: { waitSeconds: 0.3 }\n");
  const dev = await hooked(world);
  await dev.call("Bash", removal);
  expect(await dev.told()).toContain("again after approval #1");
  await world.run("approve", "1");
  expect(existsSync(source(dev))).toBe(true);
  await dev.call("Bash", removal);
  expect(await dev.told()).toMatch(/^0\b/);
  expect(existsSync(source(dev))).toBe(false);
  mkdirSync(path.join(dev.workspace, "src"));
  await dev.call("Bash", removal);
  expect(await dev.told()).toContain("again after approval #2");
  expect(existsSync(path.join(dev.workspace, "src"))).toBe(true);
});

test("the daemon killed while a call waits: it never runs, and its question is abandoned", async () => {
  const world = product();
  const dev = await hooked(world);
  await dev.call("Bash", removal);
  await pending(world);
  await world.killDaemon();
  expect(await dev.told()).toContain("does not answer, so this did not run");
  const [left] = await world.json<ApprovalView[]>("approvals", "--all");
  expect(left).toMatchObject({ state: "abandoned" });
  expect(existsSync(source(dev))).toBe(true);
});

test("the hook killed while its call waits: it never runs, and its question is abandoned", async () => {
  const world = product();
  const dev = await hooked(world);
  await dev.call("Bash", removal);
  const { number } = await pending(world);
  for (const pid of hookProcesses(world)) process.kill(pid, "SIGKILL");
  expect(await dev.told()).toContain("blocked: its hook failed");
  await until(
    async () => (await world.json<unknown[]>("approvals")).length === 0,
    "nothing waits any more",
  );
  expect((await world.run("approve", String(number))).code).toBe(4);
  expect(existsSync(source(dev))).toBe(true);
});

test("a daemon that says nothing at all: the call is given up before the agent's own time-out, and never runs", async () => {
  const world = product("gate: { waitSeconds: 0.3 }\n");
  const dev = await hooked(world);
  const daemon = await world.daemonPid();
  await dev.call("Bash", { command: "touch made" }, "do:slow 2\n");
  await dev.shows("working…");
  process.kill(daemon, "SIGSTOP");
  expect(await dev.told()).toContain("does not answer, so this did not run");
  process.kill(daemon, "SIGCONT");
  expect(existsSync(path.join(dev.workspace, "made"))).toBe(false);
}, 60_000);

test("an agent that is interrupted while its call waits leaves nothing that runs later", async () => {
  const world = product();
  const dev = await hooked(world);
  await dev.call("Bash", removal);
  await pending(world);
  await world.run("interrupt", "dev");
  const open = () => world.json<unknown[]>("approvals");
  await until(async () => (await open()).length === 0, "nothing waits any more");
  expect(await world.json<ApprovalView[]>("approvals", "--all")).toMatchObject([
    { state: "abandoned" },
  ]);
  expect(existsSync(source(dev))).toBe(true);
});

test("whatever cannot be judged is denied with a reason, never answered with an error", async () => {
  const world = product();
  await agent(world);
  const token = await environment(world);
  const door = `${token["CONDUCTOR_URL"]}/api/v1/hooks/claude-code/PreToolUse`;
  const call = { cwd: "/", hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: {} };
  const cases: readonly (readonly [string, string, object, RegExp])[] = [
    ["no JSON", "{", token, /not JSON/],
    ["no call", "[]", token, /cannot be read/],
    ["a tool without its input", JSON.stringify(call), token, /without what it needs/],
    ["more than is read", `"${"x".repeat(9_000_000)}"`, token, /at most \d+ bytes/],
    ["no token", "{}", {}, /needs a token/],
    ["an unknown token", "{}", { CONDUCTOR_TOKEN: "x" }, /not known/],
    ["a human's token", "{}", { CONDUCTOR_TOKEN: humanToken(world) }, /only an agent can/],
  ];
  for (const [what, body, bearer, reason] of cases) {
    const answer = await post(door, body, bearer);
    expect({ what, ...answer }).toMatchObject({
      what,
      status: 200,
      body: {
        hookSpecificOutput: {
          hookEventName: "PreToolUse",
          permissionDecision: "deny",
          permissionDecisionReason: expect.stringMatching(reason),
        },
      },
    });
  }
  const unknown = await post(door.replace("PreToolUse", "PreEverything"), "{}", token);
  expect(unknown.body).toMatchObject({ hookSpecificOutput: { permissionDecision: "deny" } });
  const telling = await post(door.replace("PreToolUse", "Stop"), "{", token);
  expect(telling).toMatchObject({ status: 200, body: {} });
});

test("at the level observe the agent's own permissions decide, and the call is recorded", async () => {
  const world = product("gate: { level: observe }\n");
  const { workspace } = await agent(world, "observe");
  const token = await environment(world);
  const call = {
    cwd: workspace,
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: removal,
  };
  const door = `${token["CONDUCTOR_URL"]}/api/v1/hooks/claude-code/PreToolUse`;
  expect(await post(door, JSON.stringify(call), token)).toEqual({ status: 200, body: {} });
  expect(await world.json<DecisionView[]>("decisions")).toMatchObject([
    { source: "hook", effect: "ask" },
  ]);
});

test("an agent that is shut in asks its hooks as well, and its question is held outside", async () => {
  const world = product("gate: { level: contain }\n");
  const dev = await hooked(world, "contain");
  await dev.call("Bash", removal);
  const { number } = await pending(world);
  expect(existsSync(source(dev))).toBe(true);
  await world.run("approve", String(number));
  expect(await dev.told()).toMatch(/^0\b/);
  expect(existsSync(source(dev))).toBe(false);
  expect(await world.json("approvals", "--all")).toHaveLength(1);
});

test("a second --settings would take the place of ours, and is refused", async () => {
  const world = product();
  const args = ["launch", "--provider", "scripted", "--name", "dev", "--no-panel", "--no-attach"];
  const ran = await world.run(...args, "--cwd", world.folder, "--", "--settings", "x.json");
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain("--settings is taken");
});

async function post(url: string, body: string, bearer: object) {
  const token = "CONDUCTOR_TOKEN" in bearer ? String(bearer.CONDUCTOR_TOKEN) : undefined;
  const headers = {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(url, { method: "POST", headers, body });
  const read: Record<string, unknown> = JSON.parse(await answer.text());
  return { status: answer.status, body: read };
}

function humanToken(world: Product): string {
  return readFileSync(path.join(world.home, ".conductor/token"), "utf8").trim();
}

/** Of the launched agent's own process. */
async function environment(world: Product): Promise<Readonly<Record<string, string>>> {
  let found: Readonly<Record<string, string>> | undefined;
  await until(() => {
    found = processes()
      .map(({ variables }) => variables)
      .find(
        (each) =>
          each["CONDUCTOR_HOME"] === path.join(world.home, ".conductor") &&
          each["CONDUCTOR_GATE"] !== undefined,
      );
    return found !== undefined;
  }, "the agent's process is there");
  return found ?? {};
}

function hookProcesses(world: Product): number[] {
  const home = path.join(world.home, ".conductor");
  return processes()
    .filter(({ variables }) => variables["CONDUCTOR_HOME"] === home)
    .filter(({ words }) => words.includes("gates/hook") && words.includes("PreToolUse"))
    .map(({ pid }) => pid);
}

function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({
      pid: Number(pid),
      words: readProc(pid, "cmdline").replaceAll("\0", " "),
      variables: Object.fromEntries(
        readProc(pid, "environ")
          .split("\0")
          .map((pair): [string, string] => {
            const at = pair.indexOf("=");
            return [pair.slice(0, at), pair.slice(at + 1)];
          }),
      ),
    }));
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}
