import { constantFrom, dictionary, assert as hold, jsonValue, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["gemini"];
if (found === undefined) throw new Error("its contract is missing");
const gemini = found;

const payload = (tool_name: unknown, tool_input: unknown, more: object = {}) => ({
  session_id: "s",
  transcript_path: "/home/dev/.gemini/tmp/project/chats/session-x.jsonl",
  cwd: "/home/dev/project",
  hook_event_name: "BeforeTool",
  tool_name,
  tool_input,
  ...more,
});
const calling = (tool: unknown, input: unknown, more: object = {}) =>
  gemini.read("BeforeTool", payload(tool, input, more));

test("a shell's text is a command in its own folder, and every other tool is named", () => {
  const command = "rm -rf build";
  expect(calling("run_shell_command", { command, dir_path: "sub" })).toMatchObject({
    kind: "call",
    cwd: "/home/dev/project/sub",
    text: command,
    use: undefined,
  });
  expect(calling("write_file", { file_path: "a", content: "" })).toMatchObject({
    use: { kind: "write", paths: ["a"], empties: true },
  });
  expect(calling("glob", { pattern: "*" })).toMatchObject({ use: { kind: "read", paths: ["."] } });
  expect(calling("web_fetch", { prompt: "read https://a.org/x now" })).toMatchObject({
    use: { kind: "fetch", url: "https://a.org/x" },
  });
  expect(calling("invoke_agent", {})).toMatchObject({ use: { kind: "other", own: true } });
  expect(calling("constructor", {})).toMatchObject({ use: { kind: "other", own: false } });
  for (const tool of ["run_shell_command", "write_file", "replace", "read_file", "web_fetch"])
    expect(calling(tool, { path: "a" }).kind).toBe("malformed");
});

test("a tool is ours by its server, not by its name", () => {
  const tool = "mcp_conductor_handoff";
  expect(calling(tool, {})).toMatchObject({ use: { kind: "mcp", own: false } });
  const mcp_context = { server_name: "conductor" };
  expect(calling(tool, {}, { mcp_context })).toMatchObject({ use: { kind: "mcp", own: true } });
});

test("the end of a call names the call, though it has no id, and the mark that was put on it", () => {
  const input = { file_path: "a", content: "x" };
  const begun = calling("write_file", input);
  const ended = gemini.read("AfterTool", payload("write_file", { ...input, conductor: "mark" }));
  expect(ended).toMatchObject({ kind: "ended", id: begun.kind === "call" ? begun.id : "" });
  expect(gemini.read("AfterTool", payload("write_file", { ...input, content: "y" }))).not.toEqual(
    ended,
  );
});

test("only a call that was allowed is marked, and a denial is told by the exit code", () => {
  const asked = { payload: payload("replace", { file_path: "a" }), mark: "m" };
  expect(gemini.answer("BeforeTool", { kind: "allow", reason: "" }, asked)).toMatchObject({
    body: {
      decision: "allow",
      hookSpecificOutput: { tool_input: { file_path: "a", conductor: "m" } },
    },
  });
  expect(gemini.answer("BeforeTool", { kind: "none" }, asked)).toEqual({ kind: "json", body: {} });
  expect(gemini.answer("BeforeTool", { kind: "deny", reason: "no" }, asked)).toEqual({
    kind: "refusal",
    reason: "no",
  });
});

test("prompts and ends are told; an end without an answer tells nothing, and an unknown event asks", () => {
  expect(gemini.read("BeforeAgent", { prompt: "go" })).toMatchObject({
    word: { kind: "prompt", text: "go" },
  });
  expect(gemini.read("AfterAgent", { prompt_response: "done" })).toMatchObject({
    word: { kind: "turnEnded", state: "completed", answer: null },
  });
  expect(gemini.read("AfterAgent", { prompt_response: "[no response text]" })).toMatchObject({
    word: null,
  });
  expect(gemini.asks("BeforeEverything")).toBe(true);
  expect(gemini.asks("AfterAgent")).toBe(false);
});

test("the text within its shell's line is found, and no other line is taken apart", () => {
  const line = (text: string) =>
    `shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file='/tmp/gemini-shell-a/bgpids.tmp'\n(\n  trap 'jobs -p > "$_bgpids_file"' EXIT\n${text}\n)\n__code=$?\nexit $__code`;
  expect(gemini.unwrap(line("rm -rf a\nls"))).toEqual({ text: "rm -rf a\nls", rest: line(":") });
  expect(gemini.unwrap(`${line("ls")}; rm -rf a`)).toBeUndefined();
  expect(gemini.unwrap(line("ls").replace("/tmp/", "/$(rm)/"))).toBeUndefined();
});

test("its settings are a person's own with our hooks, whose time is never over", () => {
  const theirs = { matcher: "x", hooks: [] };
  const own = { ui: { theme: "dark" }, hooks: { BeforeTool: [theirs] }, policyPaths: ["/p"] };
  const covers = ["run_shell_command", "replace"];
  const { file, more } = gemini.settings({ ...launched, own, covers });
  expect(file).toMatchObject({
    ui: { theme: "dark" },
    mcpServers: { conductor: { httpUrl: "http://127.0.0.1:1/mcp" } },
    security: { folderTrust: { enabled: false } },
    hooksConfig: { enabled: true },
    policyPaths: [`${launched.folder}/policy.toml`, "/p"],
    hooks: {
      BeforeTool: [
        theirs,
        { hooks: [{ command: "exec '/x/hook' gemini BeforeTool 110", timeout: 2 ** 31 - 1 }] },
      ],
    },
  });
  expect(more?.["policy.toml"]).toContain(launched.mark);
  const off = gemini.settings({ ...launched, own: { ...own, hooksConfig: { enabled: false } } });
  expect(JSON.stringify(off.file)).not.toContain('"matcher":"x"');
});

test("where nothing is held, its own questions stay", () => {
  const { file, more } = gemini.settings({ ...launched, covers: ["replace"], gate: "observe" });
  expect(more).toBeUndefined();
  expect(file).not.toHaveProperty("policyPaths");
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("tool_name", "tool_input", "cwd", "hook_event_name", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  hold(
    property(constantFrom("BeforeTool", "AfterTool", "BeforeAgent", "x"), odd, (event, value) => {
      expect(gemini.read(event, value).kind).not.toBe("call");
    }),
  );
});
