/** What single lines of session files say that the recordings do not show. */
import { expect, test } from "vitest";
import { transcriptReaders } from "../../../src/core/transcripts/index.ts";

function read(format: string, lines: readonly object[]) {
  const reader = transcriptReaders[format]?.();
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return lines.flatMap((line) => reader.read(JSON.stringify(line)).map(({ event }) => event));
}

const asked = { type: "user", message: { content: "what colour?" } };
const said = (text: string, more: object = {}, stop: string | null = "end_turn") => ({
  type: "assistant",
  message: { id: "msg_1", content: [{ type: "text", text }], stop_reason: stop },
  ...more,
});
const done = { type: "system", subtype: "turn_duration" };

test("an answer that Claude Code writes down block by block is one", () => {
  const events = read("claude-code", [asked, said("It is", {}, null), said("blue."), done]);
  expect(events).toEqual([
    { kind: "prompt", text: "what colour?" },
    { kind: "answer", text: "It is\nblue." },
    { kind: "turnEnded", state: "completed", detail: "", answer: "It is\nblue." },
  ]);
});

test.each([
  ["a sub-agent is asked", { ...asked, isSidechain: true }],
  ["the CLI notes something for itself", { ...asked, isMeta: true }],
  ["a command ran locally", { type: "user", message: { content: "<bash-input>ls</bash-input>" } }],
  ["a sub-agent answers", said("I looked.", { isSidechain: true })],
  [
    "a tool gives its result while no turn is open",
    { type: "user", message: { content: [{ type: "tool_result" }] } },
  ],
])("in a file of Claude Code it is no event of the turn where %s", (_claim, line) => {
  expect(read("claude-code", [line])).toEqual([]);
});

test("a prompt of several blocks is taken with the texts of all of them", () => {
  const content = [
    { type: "text", text: "look at" },
    { type: "image" },
    { type: "text", text: "it" },
  ];
  expect(read("claude-code", [{ type: "user", message: { content } }])).toEqual([
    { kind: "prompt", text: "look at\nit" },
  ]);
});

test("what a Claude Code session cost is counted once, and only what it grew by", () => {
  const cost = (costUSD: number) => ({
    type: "cost-state",
    sessionId: "s",
    modelUsage: { opus: { costUSD } },
  });
  const events = read("claude-code", [cost(0.5), cost(0.5), cost(0.75)]);
  expect(events).toMatchObject([
    { kind: "usage", model: "opus", cost: 0.5 },
    { kind: "usage", model: "opus", cost: 0.25 },
  ]);
});

test.each([
  [
    "codex",
    {
      type: "event_msg",
      payload: {
        type: "task_complete",
        error: {
          message: "You've hit your usage limit.",
          codex_error_info: "usage_limit_exceeded",
        },
      },
    },
    "You've hit your usage limit.",
  ],
  [
    "copilot",
    { type: "session.error", data: { errorType: "quota", message: "You have no quota left." } },
    "You have no quota left.",
  ],
  [
    "gemini",
    { type: "error", content: "[API Error: quota exceeded]" },
    "[API Error: quota exceeded]",
  ],
])(
  "in a file of %s a turn that is out of quota tells so in its own words",
  (format, line, notice) => {
    expect(read(format, [line])).toEqual([
      { kind: "turnEnded", state: "failed", detail: "limited", answer: null, notice },
    ]);
  },
);

test("an error of Codex that is no limit fails the turn", () => {
  const payload = { type: "task_complete", error: { message: "stream disconnected" } };
  expect(read("codex", [{ type: "event_msg", payload }])).toEqual([
    { kind: "turnEnded", state: "failed", detail: "failed", answer: null },
  ]);
});

test.each([
  ["codex", { type: "session_meta", payload: { source: "cli", cwd: "/x" } }],
  ["codex", { type: "session_meta", payload: { id: "1", source: "exec", cwd: "/x" } }],
  ["copilot", { type: "session.start", data: { context: { cwd: "/x" } } }],
  ["gemini", { kind: "main", projectHash: "abc" }],
  ["gemini", { kind: "subagent", sessionId: "1", projectHash: "abc" }],
])("%s: a head that names no session of the screen is none: %o", (format, line) => {
  expect(read(format, [line])).toEqual([]);
});

test.each([
  ["codex", { type: "session_meta", payload: { id: "1", source: "cli" } }],
  ["copilot", { type: "session.start", data: { sessionId: "1" } }],
  ["gemini", { kind: "main", sessionId: "1" }],
])("%s: a session whose head tells no folder is known all the same", (format, line) => {
  expect(read(format, [line])).toEqual([{ kind: "session", id: "1", cwd: null }]);
});

test("running totals of Codex count once, and not at all where it writes a record per call", () => {
  const total = (tokens: number) => ({
    type: "event_msg",
    payload: {
      type: "token_count",
      info: {
        total_token_usage: { total_tokens: tokens },
        last_token_usage: { input_tokens: tokens, output_tokens: 1 },
      },
    },
  });
  const usage = { input_tokens: 7, cached_input_tokens: 3, output_tokens: 1 };
  const record = { type: "token_usage_record", payload: { response_id: "r", usage } };
  expect(read("codex", [total(10), total(10), record, total(20)])).toMatchObject([
    { kind: "usage", key: "total:10", input: 10 },
    { kind: "usage", key: "r", input: 4, cacheRead: 3 },
  ]);
});

test("a prompt of Codex without words is none", () => {
  expect(read("codex", [{ type: "event_msg", payload: { type: "user_message" } }])).toEqual([]);
});

test("a sub-agent's words are no part of Copilot's answer", () => {
  const message = (content: string, more: object = {}) => ({
    type: "assistant.message",
    data: { content, ...more },
  });
  const lines = [
    message("It is blue."),
    message("I looked.", { parentToolCallId: "call_1" }),
    { type: "assistant.turn_end" },
  ];
  expect(read("copilot", lines)).toEqual([
    { kind: "turnEnded", state: "completed", detail: "", answer: "It is blue." },
  ]);
});

test.each([
  ["what the CLI asks itself", { provenance: "system" }, []],
  ["what a person asks", { provenance: "real_user" }, [{ kind: "prompt", text: "hello" }]],
])("in a file of Qwen Code, %s is told as such", (_claim, more, events) => {
  const line = { type: "user", message: { parts: [{ text: "hello" }] }, ...more };
  expect(read("qwen", [line])).toEqual(events);
});
