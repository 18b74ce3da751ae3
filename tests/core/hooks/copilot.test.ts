import { constantFrom, dictionary, assert as hold, jsonValue, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["copilot"];
if (found === undefined) throw new Error("its contract is missing");
const copilot = found;

const payload = (toolName: unknown, toolArgs: unknown) => ({
  sessionId: "s",
  timestamp: 1,
  cwd: "/home/dev/project",
  toolName,
  toolArgs,
});
const calling = (tool: unknown, input: unknown) => copilot.read("preToolUse", payload(tool, input));

test("a shell's text is a command, and every other tool is named", () => {
  expect(calling("bash", { command: "rm -rf build" })).toMatchObject({
    kind: "call",
    cwd: "/home/dev/project",
    text: "rm -rf build",
    use: undefined,
  });
  expect(calling("bash", '{"command":"ls"}')).toMatchObject({ text: "ls" });
  expect(calling("create", { path: "a", file_text: "" })).toMatchObject({
    use: { kind: "write", paths: ["a"], empties: true },
  });
  expect(calling("grep", { pattern: "x" })).toMatchObject({ use: { kind: "read", paths: ["."] } });
  expect(calling("web_fetch", { url: "https://a.org/x" })).toMatchObject({
    use: { kind: "fetch", url: "https://a.org/x" },
  });
  expect(calling("apply_patch", { input: "*** Begin Patch" })).toMatchObject({
    text: expect.stringContaining("*** Begin Patch"),
    use: undefined,
  });
  expect(calling("task", {})).toMatchObject({ use: { kind: "other", own: true } });
  for (const tool of ["constructor", "write_bash"])
    expect(calling(tool, {})).toMatchObject({ use: { kind: "other", own: false } });
  for (const tool of ["bash", "create", "edit", "view", "web_fetch", "apply_patch"])
    expect(calling(tool, { file: "a" }).kind).toBe("malformed");
});

test("a tool is ours by its whole name", () => {
  expect(calling("conductor-send_message", {})).toMatchObject({ use: { kind: "mcp", own: true } });
  for (const other of ["conductor-x-handoff", "other-handoff", "conductor-"])
    expect(calling(other, {})).toMatchObject({ use: { own: false } });
});

test("the end of a call names the call, though it has no id", () => {
  const input = { command: "ls" };
  const begun = calling("bash", input);
  expect(copilot.read("postToolUse", payload("bash", input))).toMatchObject({
    kind: "ended",
    id: begun.kind === "call" ? begun.id : "",
  });
});

test("an allowed call is asked about no more, and a denial is told by the exit code as well", () => {
  expect(copilot.answer("preToolUse", { kind: "allow", reason: "y" })).toMatchObject({
    body: { permissionDecision: "allow" },
  });
  expect(copilot.answer("preToolUse", { kind: "none" })).toEqual({ kind: "json", body: {} });
  const denied = copilot.answer("preToolUse", { kind: "deny", reason: 'no "x"' });
  expect(denied.kind).toBe("refusal");
  expect(JSON.parse(denied.kind === "refusal" ? denied.reason : "")).toEqual({
    permissionDecision: "deny",
    permissionDecisionReason: 'no "x"',
  });
});

test("prompts and ends are told, and an unknown event asks", () => {
  expect(copilot.read("userPromptSubmitted", { prompt: "go", sessionId: "s" })).toMatchObject({
    sessionId: "s",
    word: { kind: "prompt", text: "go" },
  });
  expect(copilot.read("agentStop", { stopReason: "end_turn" })).toMatchObject({
    word: { kind: "turnEnded", state: "completed", answer: null },
  });
  expect(copilot.asks("preEverything")).toBe(true);
  expect(copilot.asks("sessionEnd")).toBe(false);
});

test("its settings are a plugin with our hooks, whose time is never over", () => {
  const { more } = copilot.settings(launched);
  const { hooks } = JSON.parse(more?.["plugin/hooks/hooks.json"] ?? "{}");
  expect(hooks.preToolUse).toEqual([
    {
      type: "command",
      exec: "/x/hook",
      args: ["copilot", "preToolUse", "110"],
      timeoutSec: 2147483,
    },
  ]);
  expect(Object.keys(hooks)).toEqual(
    expect.arrayContaining(["userPromptSubmitted", "postToolUse"]),
  );
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("toolName", "toolArgs", "cwd", "prompt", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  hold(
    property(constantFrom("preToolUse", "postToolUse", "sessionEnd", "x"), odd, (event, value) => {
      expect(copilot.read(event, value).kind).not.toBe("call");
    }),
  );
});
