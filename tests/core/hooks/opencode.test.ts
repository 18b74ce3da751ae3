import { constantFrom, dictionary, assert as hold, jsonValue, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["opencode"];
if (found === undefined) throw new Error("its contract is missing");
const opencode = found;

const calling = (tool_name: unknown, tool_input: unknown) =>
  opencode.read("PreToolUse", {
    session_id: "ses_1",
    cwd: "/home/dev/project",
    hook_event_name: "PreToolUse",
    tool_name,
    tool_input,
    tool_use_id: "call_1",
  });

test("a shell's text is a command in its own folder, and every other tool is named", () => {
  expect(calling("bash", { command: "rm -rf build", workdir: "/tmp/x" })).toEqual({
    kind: "call",
    id: "call_1",
    tool: "bash",
    cwd: "/tmp/x",
    text: "rm -rf build",
    use: undefined,
  });
  expect(calling("edit", { filePath: "a" })).toMatchObject({
    use: { kind: "write", paths: ["a"] },
  });
  expect(calling("grep", { pattern: "x" })).toMatchObject({ use: { kind: "read", paths: ["."] } });
  expect(calling("webfetch", { url: "https://a.org" })).toMatchObject({
    use: { kind: "fetch", url: "https://a.org" },
  });
  expect(calling("task", {})).toMatchObject({ use: { kind: "other", own: true } });
  expect(calling("files_delete", {})).toMatchObject({ use: { kind: "mcp", own: false } });
  expect(calling("constructor", {})).toMatchObject({ use: { kind: "mcp", own: false } });
  for (const tool of ["bash", "write", "edit", "read", "apply_patch", "webfetch"])
    expect(calling(tool, { path: "a" }).kind).toBe("malformed");
});

test("a patch is shown as a shell would be given it, with an end that no line of it can be", () => {
  const patchText = "*** Begin Patch\n*** Add File: a\n+EOF\n*** End Patch";
  const heard = calling("apply_patch", { patchText });
  expect(heard).toMatchObject({ kind: "call", use: undefined });
  expect(heard.kind === "call" ? heard.text : "").toMatch(
    /^apply_patch <<'(END-\w{16})'\n[\s\S]*\n\1$/,
  );
});

test("prompts and ends are told, and how a turn ended", () => {
  const read = (event: string, told: object) => opencode.read(event, told);
  expect(read("UserPromptSubmit", { prompt: "go" })).toMatchObject({
    word: { kind: "prompt", text: "go" },
  });
  expect(read("Stop", { last_assistant_message: "done" })).toMatchObject({
    word: { kind: "turnEnded", state: "completed", answer: "done" },
  });
  expect(read("StopFailure", { error: "interrupted" })).toMatchObject({
    word: { state: "interrupted" },
  });
  expect(read("StopFailure", { error: "rate_limit" })).toMatchObject({
    word: { state: "failed", detail: "limited" },
  });
  expect(opencode.asks("PreEverything")).toBe(true);
  expect(opencode.asks("Stop")).toBe(false);
});

test("its own question stays for each covered tool: the plugin answers it, or a person", () => {
  const covers = ["bash", "write", "edit"];
  const { file } = opencode.settings({ ...launched, covers });
  expect(file).toMatchObject({
    mcp: { conductor: { url: "http://127.0.0.1:1/mcp" } },
    plugin: ["file:///x/opencode.mjs"],
    permission: { bash: { "*": "ask" }, edit: { "*": "ask" } },
  });
  const observed = opencode.settings({ ...launched, covers, gate: "observe" });
  expect(observed.file).not.toHaveProperty("permission");
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("tool_name", "tool_input", "cwd", "hook_event_name", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  hold(
    property(constantFrom("PreToolUse", "PostToolUse", "Stop", "x"), odd, (event, value) => {
      expect(opencode.read(event, value).kind).not.toBe("call");
    }),
  );
});
