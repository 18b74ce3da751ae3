import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { streamReaders } from "../../../src/core/transcripts/index.ts";

const GOLDEN = path.resolve(import.meta.dirname, "../../golden/streams");

function read(format: string, lines: readonly string[]) {
  const reader = streamReaders[format]?.();
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return lines.flatMap((line) => reader.read(line).map(({ event }) => event));
}

function golden(name: string): string[] {
  return readFileSync(path.join(GOLDEN, `${name}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean);
}

test.each([
  ["claude-code", "claude-code-answer", /^ACK bytes=12 sha256=/],
  ["codex", "codex-command", /^TOOL-DONE Chunk ID/],
  ["gemini", "gemini-answer", /^ACK bytes=13 sha256=/],
  ["opencode", "opencode-command", /^TOOL-DONE hi/],
])(
  "%s: a recorded run of %s names its session, counts usage and ends with its answer",
  (format, name, answer) => {
    const events = read(format, golden(name));
    expect(events[0]).toMatchObject({ kind: "session", id: expect.stringMatching(/^\S{20,}$/) });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "usage", output: expect.any(Number) }),
    );
    const ends = events.filter(({ kind }) => kind === "turnEnded");
    expect(ends).toEqual([
      { kind: "turnEnded", state: "completed", detail: "", answer: expect.stringMatching(answer) },
    ]);
  },
);

test.each([
  ["claude-code", "claude-code-limited"],
  ["codex", "codex-limited"],
  ["opencode", "opencode-limited"],
])("%s: out of quota is told as that, with the notice", (format, name) => {
  const [end] = read(format, golden(name)).filter(({ kind }) => kind === "turnEnded");
  expect(end).toMatchObject({
    state: "failed",
    detail: "limited",
    notice: expect.stringContaining("429"),
  });
});

test("a sub-agent's words are no part of Claude Code's answer", () => {
  const content = [{ type: "text", text: "a helper speaks" }];
  const line = { type: "assistant", parent_tool_use_id: "toolu_1", message: { content } };
  expect(read("claude-code", [JSON.stringify(line)])).toEqual([]);
});

test("what Gemini says after a call is its answer, and not what it said before", () => {
  const lines = [
    { type: "message", role: "assistant", content: "I look.", delta: true },
    { type: "tool_use", tool_name: "read_file" },
    { type: "message", role: "assistant", content: "It is ", delta: true },
    { type: "message", role: "assistant", content: "blue.", delta: true },
    { type: "result", status: "success" },
  ];
  const events = read(
    "gemini",
    lines.map((line) => JSON.stringify(line)),
  );
  expect(events.at(-1)).toMatchObject({ kind: "turnEnded", answer: "It is blue." });
});

test.each(Object.keys(streamReaders))("%s: what is no line of its is passed over", (format) => {
  const lines = ["", "not json", "[]", "null", '{"type":7}', '{"type":"result"', '{"part":[]}'];
  expect(read(format, lines)).toEqual([]);
});

test.each([
  ["claude-code", { type: "system", subtype: "init", cwd: "/x" }],
  ["codex", { type: "thread.started" }],
  ["gemini", { type: "init", model: "auto" }],
])("%s: a run that does not name its session has none", (format, line) => {
  expect(read(format, [JSON.stringify(line)])).toEqual([]);
});

test.each([
  [
    "claude-code",
    { type: "result", subtype: "success", is_error: true, result: "API Error: Overloaded" },
    "API Error: Overloaded",
  ],
  ["claude-code", { type: "result", subtype: "error_max_turns", is_error: false }, null],
  [
    "codex",
    { type: "turn.failed", error: { message: "stream disconnected" } },
    "stream disconnected",
  ],
  ["gemini", { type: "result", status: "error", error: { message: "no model" } }, "no model"],
  ["opencode", { type: "error", error: { name: "ProviderAuthError" } }, "ProviderAuthError"],
])("%s: a failure that is no limit is told with its words: %o", (format, line, answer) => {
  expect(read(format, [JSON.stringify(line)])).toEqual([
    { kind: "turnEnded", state: "failed", detail: "failed", answer },
  ]);
});

test("gemini: out of quota is told as that, by what it said where the error has no words", () => {
  const lines = [
    { type: "message", role: "assistant", content: "RESOURCE_EXHAUSTED: try later" },
    { type: "result", status: "error" },
  ];
  const events = read(
    "gemini",
    lines.map((line) => JSON.stringify(line)),
  );
  expect(events.at(-1)).toMatchObject({ detail: "limited", notice: lines[0]?.content });
});

test.each([
  ["gemini", { type: "result", status: "success" }],
  ["opencode", { type: "step_finish", part: { reason: "stop" } }],
])("%s: a turn that ends without words has no answer", (format, line) => {
  const events = read(format, [JSON.stringify(line)]);
  expect(events.at(-1)).toEqual({
    kind: "turnEnded",
    state: "completed",
    detail: "",
    answer: null,
  });
});

test("what Claude Code says beside a tool call is an answer so far, its thoughts are none", () => {
  const content = [
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "I look." },
    { type: "tool_use", name: "Read" },
  ];
  const lines = [
    { type: "system", subtype: "init", session_id: "s" },
    { type: "assistant", message: { content } },
    { type: "user", message: { content: [{ type: "tool_result" }] } },
  ];
  const events = read(
    "claude-code",
    lines.map((line) => JSON.stringify(line)),
  );
  expect(events).toEqual([
    { kind: "session", id: "s", cwd: null },
    { kind: "answer", text: "I look." },
    { kind: "working" },
    { kind: "working" },
  ]);
});
