/** An agent that writes its session down, as Claude Code does, and has no hooks. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { JournalEvent } from "../../src/contract/events.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import type { TerminalView } from "../../src/contract/terminals.ts";
import type { UsageView } from "../../src/contract/usage.ts";
import { type Product, product, until } from "../support/product.ts";

const SCRIPTED = readFileSync(join(import.meta.dirname, "../../providers/scripted.yaml"), "utf8");
const WRITES = `
session: { args: [--session-id, "{session}"], unless: [--session-id] }
transcript:
  format: claude-code
  root: { folder: .fake-agent }
  path: "projects/{folder}/{session}.jsonl"
`;

/** A world in which `writing` is a provider: the scripted one, with a file in the place of hooks. */
function world(): Product {
  const made = product();
  const folder = join(made.home, ".conductor/providers");
  mkdirSync(folder, { recursive: true });
  const definition = SCRIPTED.replace("name: scripted", "name: writing")
    .replace("aliases: [fake]", "")
    .replace(/^hooks:\n(?: .*\n)+/m, "");
  writeFileSync(join(folder, "writing.yaml"), `${definition}${WRITES}`);
  return made;
}

async function launch(made: Product, name: string, provider = "writing"): Promise<void> {
  const who = ["--provider", provider, "--name", name, "--cwd", made.folder];
  const ran = await made.run("launch", ...who, "--no-attach", "--no-panel");
  expect(ran).toMatchObject({ code: 0 });
  await idle(made, name);
}

async function idle(made: Product, name: string): Promise<void> {
  const find = async () =>
    (await made.json<TerminalView[]>("ls")).find((terminal) => terminal.name === name);
  await until(async () => (await find())?.status === "idle", `${name} is idle`);
}

const usageOf = async (made: Product, ...args: string[]) =>
  (await made.json<UsageView>("usage", ...args)).total;

test("a message's receipt and its answer are the agent's own words, ten thousand lines whole", async () => {
  const made = world();
  await launch(made, "dev");
  const [sent] = await made.json<MessageView[]>("send", "dev", "do:long 10000", "--wait");
  expect(sent).toMatchObject({ receipt: "transcript", turn: { state: "completed" } });
  expect(sent?.turn?.result?.source).toBe("transcript");
  const lines = sent?.turn?.result?.text.split("\n") ?? [];
  expect(lines).toHaveLength(10_000);
  expect([lines[0], lines.at(-1)]).toEqual(["line 1 of 10000", "line 10000 of 10000"]);
  const shown = await made.run("inbox", "show", sent?.id ?? "");
  expect(shown.stdout).toContain("answer (as it stands in the agent's session file):");
  expect(await usageOf(made, "dev")).toEqual({
    turns: 1,
    calls: 1,
    input: 100,
    output: 50,
    cacheRead: 1_000,
    cacheWrite: 0,
    cost: null,
  });
  const why = await made.run("why", "dev");
  expect(why.stdout).toContain("transcript");
});

test("two agents in one folder are never taken for each other", async () => {
  const made = world();
  await launch(made, "dev");
  await launch(made, "check");
  const answers = await Promise.all(
    ["dev", "check"].map(async (name) => {
      const text = `the one for ${name} \u2713`;
      const [sent] = await made.json<MessageView[]>("send", name, `do:say ${text}`, "--wait");
      return [sent?.receipt, sent?.turn?.result] as const;
    }),
  );
  expect(answers).toEqual(
    ["dev", "check"].map((name) => [
      "transcript",
      { text: `the one for ${name} \u2713`, source: "transcript" },
    ]),
  );
});

test("what was answered while the daemon was away is read by the next one, and counted once", async () => {
  const made = world();
  await launch(made, "dev");
  await made.run("send", "dev", "do:say first", "--wait");
  await made.run("send", "dev", "do:slow 2\ndo:long 3000");
  await until(async () => {
    const [second] = await made.json<MessageView[]>("inbox", "dev");
    return second?.state === "delivered";
  }, "the second is taken");
  await made.killDaemon();
  const screen = async () =>
    (await made.tmux("capture-pane", "-p", "-t", "=conductor:=dev")).stdout;
  await until(async () => (await screen()).includes("line 3000 of 3000"), "it has answered");
  await until(async () => {
    const [second] = await made.json<MessageView[]>("inbox", "dev");
    return second?.turn?.endedAt !== null;
  }, "its end is known");
  const [second] = await made.json<MessageView[]>("inbox", "dev");
  expect(second).toMatchObject({ receipt: "transcript", turn: { state: "completed" } });
  expect(second?.turn?.result?.source).toBe("transcript");
  expect(second?.turn?.result?.text.split("\n")).toHaveLength(3_000);
  expect(await usageOf(made)).toMatchObject({ calls: 2, turns: 2 });
});

test("an interruption is the agent's own word too", async () => {
  const made = world();
  await launch(made, "dev");
  await made.run("send", "dev", "do:slow 60");
  await until(
    async () => (await made.json<TerminalView[]>("ls"))[0]?.turn?.state === "running",
    "its turn runs",
  );
  await made.run("interrupt", "dev");
  await idle(made, "dev");
  const [sent] = await made.json<MessageView[]>("inbox", "dev");
  expect(sent).toMatchObject({ turn: { state: "interrupted", result: null } });
});

test("where there is no such file the screen is read, and it says so", async () => {
  const made = world();
  await launch(made, "dev", "scripted");
  const [sent] = await made.json<MessageView[]>("send", "dev", "do:say hello", "--wait");
  expect(sent).toMatchObject({
    receipt: "screen",
    turn: { result: { text: "hello", source: "screen" } },
  });
  const shown = await made.run("inbox", "show", sent?.id ?? "");
  expect(shown.stdout).toContain("answer (as read from the screen):");
  expect((await made.run("usage")).stdout).toBe("nothing is known\n");
  const events = await made.run("events", "--json");
  const types = events.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { data }: { data: JournalEvent } = JSON.parse(line);
      return data.type;
    });
  expect(types).not.toContain("usage.recorded");
});
