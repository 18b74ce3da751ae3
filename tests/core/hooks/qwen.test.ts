import { constantFrom, dictionary, assert as hold, jsonValue, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["qwen"];
if (found === undefined) throw new Error("its contract is missing");
const qwen = found;

const payload = (event: string, tool_name: unknown, tool_input: unknown) => ({
  session_id: "s",
  transcript_path: "/home/dev/.qwen/projects/-home-dev-project/chats/s.jsonl",
  cwd: "/home/dev/project",
  hook_event_name: event,
  tool_name,
  tool_input,
  ...(event === "PermissionRequest" ? {} : { tool_use_id: "toolu_1" }),
});
const calling = (tool: unknown, input: unknown) =>
  qwen.read("PreToolUse", payload("PreToolUse", tool, input));

test("a shell's text is a command in its own folder, and every other tool is named", () => {
  const command = "rm -rf build";
  expect(calling("run_shell_command", { command, directory: "/home/dev/other" })).toMatchObject({
    kind: "call",
    id: "toolu_1",
    cwd: "/home/dev/other",
    text: command,
    use: undefined,
  });
  expect(calling("monitor", { command })).toMatchObject({ text: command, use: undefined });
  expect(calling("write_file", { file_path: "a", content: "" })).toMatchObject({
    use: { kind: "write", paths: ["a"], empties: true },
  });
  expect(calling("glob", { pattern: "*" })).toMatchObject({ use: { kind: "read", paths: ["."] } });
  expect(calling("web_fetch", { url: "https://a.org/x", prompt: "" })).toMatchObject({
    use: { kind: "fetch", url: "https://a.org/x" },
  });
  expect(calling("todo_write", {})).toMatchObject({ use: { kind: "other", own: true } });
  expect(calling("constructor", {})).toMatchObject({ use: { kind: "other", own: false } });
  for (const tool of ["run_shell_command", "write_file", "edit", "read_file", "web_fetch"])
    expect(calling(tool, { path: "a" }).kind).toBe("malformed");
});

test("a tool is ours by its whole name", () => {
  expect(calling("mcp__conductor__send_message", {})).toMatchObject({ use: { own: true } });
  for (const other of ["mcp__conductor__x__handoff", "mcp__conductor___handoff", "mcp__a__handoff"])
    expect(calling(other, {})).toMatchObject({ use: { kind: "mcp", own: false } });
});

test("its own question comes before the call and is answered by a yes or not at all", () => {
  const asked = payload("PermissionRequest", "run_shell_command", { command: "ls" });
  expect(qwen.read("PermissionRequest", asked)).toMatchObject({
    kind: "question",
    tool: "run_shell_command",
    isJudgedNext: true,
  });
  expect(qwen.answer("PermissionRequest", { kind: "allow", reason: "" })).toMatchObject({
    body: { hookSpecificOutput: { decision: { behavior: "allow" } } },
  });
  expect(qwen.answer("PermissionRequest", { kind: "none" })).toEqual({ kind: "json", body: {} });
});

test("to a call no answer is a yes, and a denial is told by the exit code", () => {
  for (const kind of ["allow", "none"] as const)
    expect(qwen.answer("PreToolUse", { kind, reason: "" })).toEqual({ kind: "json", body: {} });
  expect(qwen.answer("PreToolUse", { kind: "deny", reason: "no" })).toEqual({
    kind: "refusal",
    reason: "no",
  });
});

test("prompts and ends are told; a tool's result is no prompt, and an unknown event asks", () => {
  const word = (event: string, told: object) => qwen.read(event, told);
  expect(word("UserPromptSubmit", { prompt: "go" })).toMatchObject({
    word: { kind: "prompt", text: "go" },
  });
  expect(word("UserPromptSubmit", { prompt: "" })).toMatchObject({ word: null });
  expect(word("Stop", { last_assistant_message: "done" })).toMatchObject({
    word: { kind: "turnEnded", state: "completed", answer: "done" },
  });
  expect(word("StopFailure", { error: "rate_limit" })).toMatchObject({
    word: { kind: "turnEnded", state: "failed", detail: "limited" },
  });
  expect(qwen.asks("PreEverything")).toBe(true);
  expect(qwen.asks("Stop")).toBe(false);
});

test("its settings are the system's with our hooks, whose time is never over", () => {
  const theirs = { matcher: "x", hooks: [] };
  const own = { disableAllHooks: true, hooks: { PreToolUse: [theirs] }, mcpServers: { a: {} } };
  const { file } = qwen.settings({ ...launched, own });
  expect(file).toMatchObject({
    disableAllHooks: false,
    mcpServers: {
      a: {},
      conductor: { httpUrl: "http://127.0.0.1:1/mcp", alwaysLoadTools: true, trust: true },
    },
    hooks: {
      PreToolUse: [
        theirs,
        {
          hooks: [
            {
              command: "exec '/x/hook' qwen PreToolUse 110",
              timeout: 2 ** 31 - 1,
              env: { BASH_ENV: "" },
            },
          ],
        },
      ],
      PermissionRequest: [{ hooks: [{ timeout: 10 }] }],
    },
  });
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("tool_name", "tool_input", "cwd", "hook_event_name", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  hold(
    property(constantFrom("PreToolUse", "PermissionRequest", "Stop", "x"), odd, (event, value) => {
      expect(["call", "question"]).not.toContain(qwen.read(event, value).kind);
    }),
  );
});
