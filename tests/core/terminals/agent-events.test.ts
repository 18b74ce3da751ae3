/** What an agent itself says, heard by a terminal whose screen may be late. */
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../../src/base/log.ts";
import type { AgentEvent, AgentSource } from "../../../src/core/terminals/index.ts";
import { Terminals } from "../../../src/core/terminals/index.ts";
import { memoryPanes } from "../../support/memory-panes.ts";
import { testStores } from "../../support/stores.ts";

/** The screen's text is the status, and behind a colon the answer. */
async function agent() {
  const stores = testStores();
  const { clock } = stores;
  const driver = memoryPanes(() => clock.now());
  const terminals = new Terminals({
    driver,
    store: stores.terminals,
    clock,
    log: silentLog,
    reader: () => ({
      stableMs: undefined,
      settleMs: 0,
      answers: true,
      detect: ({ screen }) => {
        const [word = "", lastMessage] = screen.split(":");
        const status = word === "idle" || word === "waiting" ? word : "working";
        const composer = status === "idle" ? "empty" : "unknown";
        const seen = { status, detail: "", composer, rule: "word", source: "screen" } as const;
        return lastMessage === undefined ? seen : { ...seen, lastMessage };
      },
    }),
    observed: () => undefined,
    ended: () => undefined,
    size: { columns: 160, rows: 50 },
    logPath: (id) => `/tmp/${id}.log`,
    leave: () => ({ interrupt: ["Escape"], clearDraft: ["C-c"], exitText: "/exit", exitKeys: [] }),
    endProcess: () => undefined,
  });
  onTestFinished(() => terminals.close());
  const dev = await terminals.launch(
    {
      session: "shop",
      name: "dev",
      provider: "scripted",
      profile: null,
      labels: [],
      cwd: "/tmp",
      worktree: null,
      argv: ["fake-agent"],
      args: [],
      envNames: [],
      own: () => ({ argv: ["fake-agent"], env: {} }),
      readyMs: 60_000,
    },
    "human",
  );
  const show = async (text: string) => {
    driver.show("%1", { text });
    await dev.settled();
  };
  const say = (event: AgentEvent, source: AgentSource = "transcript", at = clock.now()) =>
    dev.hear({ source, at, event });
  const submit = async () => {
    const turn = {
      id: `turn_${clock.now()}`,
      terminalId: dev.record.id,
      messageId: null,
      state: "submitted",
      startedAt: clock.now(),
      endedAt: null,
      result: null,
    } as const;
    await stores.terminals.changeStatus(dev.record.id, dev.record, null, { kind: "start", turn });
    return () => dev.turnStarted(turn);
  };
  await clock.advance(1_000);
  await show("idle:before");
  return { dev, clock, show, say, submit };
}

const prompt: AgentEvent = { kind: "prompt", text: "go" };
const end = (answer: string | null, state: "completed" | "failed" = "completed"): AgentEvent => ({
  kind: "turnEnded",
  state,
  detail: state === "failed" ? "limited" : "",
  answer,
});

test("a prompt is the start of work, and the end of the turn brings its answer whole", async () => {
  const { dev, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  expect(dev.status).toMatchObject({ status: "working", decidedBy: "transcript" });
  expect(dev.turn?.state).toBe("running");
  const whole = Array.from({ length: 10_000 }, (_, line) => `${line} 日本 | x |`).join("\n");
  await say(end(whole));
  expect(dev.status).toMatchObject({ status: "idle", decidedBy: "transcript" });
  expect(dev.turn).toMatchObject({
    state: "completed",
    result: { text: whole, source: "transcript" },
  });
});

test("an agent that was done before its delivery was stored has its turn ended all the same", async () => {
  const { dev, say, submit } = await agent();
  const started = await submit();
  await say(prompt);
  await say(end("quick"));
  started();
  await dev.settled();
  expect(dev.turn).toMatchObject({ state: "completed", result: { text: "quick" } });
});

test("the end of a turn of before is no end of this one", async () => {
  const { dev, clock, say, submit } = await agent();
  await say(prompt);
  await clock.advance(10);
  (await submit())();
  await say(end("of before"));
  expect(dev.turn).toMatchObject({ state: "submitted", result: null });
});

test("a screen that lags behind neither ends a turn nor makes an idle agent busy", async () => {
  const { dev, clock, show, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await clock.advance(1_600);
  await show("idle:of the turn before");
  expect(dev).toMatchObject({ status: { status: "working" }, turn: { state: "running" } });
  await show("working");
  await say(end("mine"));
  await clock.advance(100);
  await show("working");
  expect(dev).toMatchObject({ status: { status: "idle" }, turn: { state: "completed" } });
});

test("a screen that goes on saying otherwise is believed, also where nothing is drawn any more", async () => {
  const { dev, clock, show, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await show("working");
  await clock.advance(60_000);
  await show("idle:from the screen");
  expect(dev.status.status).toBe("working");
  await clock.advance(4_000);
  expect(dev.status).toMatchObject({ status: "idle", decidedBy: "screen" });
  expect(dev.turn).toMatchObject({
    state: "completed",
    result: { text: "from the screen", source: "screen" },
  });
});

test("a dialog on the screen outranks a prompt that was taken before it", async () => {
  const { dev, clock, show, say } = await agent();
  await say(prompt);
  await clock.advance(10);
  await show("waiting");
  expect(dev.status).toMatchObject({ status: "waiting", decidedBy: "screen" });
});

test("a turn that ran out of quota says so, and the hook's answer stands over the transcript's", async () => {
  const { dev, clock, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await say(end(null, "failed"));
  expect(dev.status).toMatchObject({ status: "idle", detail: "limited" });
  expect(dev.turn).toMatchObject({ state: "failed", result: null });
  await clock.advance(10);
  (await submit())();
  await say(prompt, "hook");
  await say(end("by hook"), "hook");
  await say(end("by transcript"));
  expect(dev.turn).toMatchObject({ result: { text: "by hook", source: "hook" } });
});

test("the end of the turn before, read late from its transcript, ends no other", async () => {
  const { dev, clock, show, say, submit } = await agent();
  await show("idle");
  const before = clock.now();
  await clock.advance(10);
  (await submit())();
  await say(prompt, "hook");
  await show("working");
  await say(end("of before"), "transcript", before);
  expect(dev.turn?.state).toBe("running");
  expect(dev.status.status).toBe("working");
});

test("where nothing says that the turn is over, the screen does at once, and the answer is the agent's own", async () => {
  const { dev, clock, show, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await clock.advance(10);
  await show("working");
  await say({ kind: "answer", text: "I will run a command." });
  await say({ kind: "working" });
  await clock.advance(10);
  await show("idle:I will run a command.");
  expect(dev.turn?.state).toBe("running");
  await say({ kind: "answer", text: "the whole answer" });
  await clock.advance(10);
  await show("idle:the who…");
  expect(dev.status).toMatchObject({ status: "idle", decidedBy: "screen" });
  expect(dev.turn).toMatchObject({
    state: "completed",
    result: { text: "the whole answer", source: "transcript" },
  });
});

test("an end that is heard without its prompt ends no turn", async () => {
  const { dev, clock, say, submit } = await agent();
  (await submit())();
  await clock.advance(10);
  await say(end("of whom?"), "hook");
  expect(dev.turn).toMatchObject({ state: "submitted", result: null });
});

test("a hook's good end without an answer does not undo the failure that its transcript tells", async () => {
  const { dev, say, submit } = await agent();
  const started = await submit();
  await say(prompt);
  await say(end(null, "failed"));
  await say(end(null), "hook");
  started();
  await dev.settled();
  expect(dev.turn).toMatchObject({ state: "failed", result: null });
});

test("a good end that tells no answer has the one on the screen", async () => {
  const { dev, show, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await show("idle:from the screen");
  await say(end(null), "hook");
  expect(dev.turn).toMatchObject({
    state: "completed",
    result: { text: "from the screen", source: "screen" },
  });
});

test("an agent that says by its hook that it asks waits for a person, and its turn goes on", async () => {
  const { dev, say, submit } = await agent();
  (await submit())();
  await say(prompt);
  await say({ kind: "waiting", detail: "permission" }, "hook");
  expect(dev.status).toMatchObject({ status: "waiting", detail: "permission", decidedBy: "hook" });
  expect(dev.turn?.state).toBe("running");
});

test.each([
  ["at the time its notice tells", "try again in 5 minutes", 300_000],
  ["at a time nobody knows", "no quota left", undefined],
])("an agent out of quota goes on %s", async (_claim, notice, inMs) => {
  const { dev, clock, say } = await agent();
  expect(dev.retryAt).toBeUndefined();
  await say(prompt);
  const at = clock.now();
  const limited = { kind: "turnEnded", state: "failed", detail: "limited", answer: null } as const;
  await say({ ...limited, notice });
  await clock.advance(1_000);
  await say({ ...limited, notice });
  expect(dev.status).toMatchObject({ status: "idle", detail: "limited", limit: { notice } });
  expect(dev.retryAt).toBe(inMs === undefined ? undefined : at + inMs);
});
