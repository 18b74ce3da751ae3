/** Whose file is followed, and from where: real files, a terminal of the mind. */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { parseProvider } from "../../src/core/providers/index.ts";
import { type AgentWord, Terminal } from "../../src/core/terminals/index.ts";
import { createTranscripts } from "../../src/daemon/transcripts.ts";
import { memoryPanes } from "../support/memory-panes.ts";
import { temporaryFolder, terminalRecord, testStores } from "../support/stores.ts";

const SESSION = "11111111-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";

const provider = (format: string, path: string) =>
  parseProvider(
    `name: cli\ndisplayName: CLI\nverified: false\ncommand: cli\nforeground: [cli]\nexit: { text: /exit }\n` +
      `transcript: { format: ${format}, root: { folder: .cli }, path: "${path}" }\n`,
    "cli.yaml",
  );
const claude = provider("claude-code", "projects/{folder}/{session}.jsonl");
const codex = provider("codex", "sessions/*/rollout-*.jsonl");

async function bench(definition = claude, agentSession: string | undefined = SESSION) {
  const stores = testStores();
  const { clock } = stores;
  const root = temporaryFolder();
  const said: AgentWord["event"][] = [];
  const open: string[] = [];
  const terminalPorts = {
    driver: memoryPanes(() => clock.now()),
    store: stores.terminals,
    clock,
    log: silentLog,
    reader: () => {
      throw new Error("no screen is looked at");
    },
    observed: () => undefined,
    ended: () => undefined,
  };
  const launch = { argv: ["cli"], envNames: [], profile: null, args: [], transcriptRoot: root };
  const record = terminalRecord({
    cwd: "/work/shop",
    provider: "cli",
    statusAt: clock.now(),
    launch: { ...launch, agentSession },
  });
  await stores.terminals.insert(record, {
    type: "terminal.launched",
    subject: record.id,
    actor: "human",
    data: {},
  });
  const terminal = new Terminal(terminalPorts, record);
  const start = () => {
    const transcripts = createTranscripts({
      store: stores.transcripts,
      catalog: { running: () => definition },
      clock,
      log: silentLog,
      voice: (_terminal, { event }) => void said.push(event),
      openFiles: () => open,
    });
    onTestFinished(() => transcripts[Symbol.dispose]());
    return transcripts;
  };
  const line = (fields: object, at = clock.now()) =>
    `${JSON.stringify({ ...fields, timestamp: new Date(at).toISOString() })}\n`;
  const write = (path: string, text: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, text);
    return file;
  };
  return { ...stores, root, said, open, terminal, start, line, write };
}

const user = (content: string) => ({ type: "user", message: { content } });
const own = (session = SESSION) => `projects/-work-shop/${session}.jsonl`;

test("the file with the id that we gave is followed from the launch on, and no other", async () => {
  const { terminal, start, line, write, said, clock } = await bench();
  write(own(), line(user("of before"), clock.now() - 60_000));
  write(own(OTHER), line(user("another's")));
  const transcripts = start();
  expect(transcripts.follows(terminal)).toBe(true);
  await transcripts.catchUp(terminal);
  expect(said).toEqual([]);
  write(own(), line(user("mine")));
  await transcripts.catchUp(terminal);
  expect(said).toEqual([{ kind: "prompt", text: "mine" }]);
});

test("a hook that names another session of this folder is followed, one elsewhere is not", async () => {
  const { terminal, start, line, write, said, root } = await bench();
  const transcripts = start();
  await transcripts.catchUp(terminal);
  const elsewhere = write("projects/-etc/secret.jsonl", line(user("not ours")));
  transcripts.told(terminal, elsewhere);
  transcripts.told(terminal, join(root, "../passwd"));
  await transcripts.catchUp(terminal);
  transcripts.told(terminal, write(own(OTHER), line(user("after /clear"))));
  await transcripts.catchUp(terminal);
  await transcripts.catchUp(terminal);
  expect(said).toEqual([{ kind: "prompt", text: "after /clear" }]);
});

test("without an id the file is the one that the terminal's process holds open", async () => {
  const { terminal, start, line, write, said, open, clock, terminals } = await bench(
    codex,
    undefined,
  );
  const meta = { type: "session_meta", payload: { id: "s_1", source: "cli", cwd: "/work/shop" } };
  const prompt = (message: string) => ({
    type: "event_msg",
    payload: { type: "user_message", message },
  });
  write("sessions/21/rollout-other.jsonl", line(meta) + line(prompt("a neighbour's")));
  const transcripts = start();
  expect(transcripts.follows(terminal)).toBe(false);
  transcripts.observe(terminal);
  open.push("/dev/null", write("sessions/21/rollout-own.jsonl", line(meta) + line(prompt("mine"))));
  await clock.advance(600);
  transcripts.observe(terminal);
  await transcripts.catchUp(terminal);
  await transcripts.catchUp(terminal);
  expect(said).toEqual([{ kind: "prompt", text: "mine" }]);
  expect((await terminals.get(terminal.record.id))?.launch.agentSession).toBe("s_1");
});

test("the next daemon begins with the prompt of the turn under way, and counts nothing twice", async () => {
  const { terminal, start, line, write, said, transcripts: store } = await bench();
  const answer = (id: string, stop: string) => {
    const usage = { input_tokens: 10, output_tokens: 5 };
    const content = [{ type: "text", text: id }];
    return { type: "assistant", message: { id, model: "m", usage, content, stop_reason: stop } };
  };
  const first = start();
  const done = line({ type: "system", subtype: "turn_duration" });
  write(own(), line(user("one")) + line(answer("a", "end_turn")) + done);
  write(own(), line(user("two")) + line(answer("b", "tool_use")));
  await first.catchUp(terminal);
  first[Symbol.dispose]();
  await store.usage({});
  said.length = 0;
  write(own(), line(answer("c", "end_turn")) + done);
  await start().catchUp(terminal);
  expect(said).toEqual([
    { kind: "prompt", text: "two" },
    { kind: "working" },
    { kind: "answer", text: "c" },
    { kind: "turnEnded", state: "completed", detail: "", answer: "c" },
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await store.usage({})).toMatchObject([{ calls: 3, input: 30, output: 15 }]);
});

test("a file that is written anew tells nothing a second time", async () => {
  const { terminal, start, line, write, said, clock, root } = await bench();
  const transcripts = start();
  const old = line(user("one"));
  write(own(), old);
  await transcripts.catchUp(terminal);
  await clock.advance(1_000);
  writeFileSync(join(root, own()), "");
  await transcripts.catchUp(terminal);
  write(own(), old + line(user("two")));
  await transcripts.catchUp(terminal);
  expect(said.map((event) => event.kind === "prompt" && event.text)).toEqual(["one", "two"]);
});
