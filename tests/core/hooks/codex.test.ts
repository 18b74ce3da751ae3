import { constantFrom, dictionary, assert as hold, jsonValue, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["codex"];
if (found === undefined) throw new Error("its contract is missing");
const codex = found;

const calling = (tool_name: unknown, tool_input: unknown, event = "PreToolUse") =>
  codex.read(event, {
    session_id: "s",
    turn_id: "t",
    transcript_path: "/home/dev/.codex/sessions/2026/11/21/rollout-x.jsonl",
    cwd: "/home/dev/project",
    permission_mode: "default",
    hook_event_name: event,
    tool_name,
    tool_input,
    tool_use_id: "call_1",
  });

test("a shell's text is a command in its own folder, and every other tool is named", () => {
  expect(calling("Bash", { command: "rm -rf build" })).toEqual({
    kind: "call",
    id: "call_1",
    tool: "Bash",
    cwd: "/home/dev/project",
    text: "rm -rf build",
    use: undefined,
  });
  expect(calling("view_image", { path: "~/.ssh/id" })).toMatchObject({
    use: { kind: "read", paths: ["~/.ssh/id"] },
  });
  expect(calling("mcp__files__delete", {})).toMatchObject({ use: { kind: "mcp", own: false } });
  expect(calling("mcp__conductor__handoff", {})).toMatchObject({ use: { own: true } });
  expect(calling("update_plan", {})).toMatchObject({ use: { kind: "other", own: true } });
  expect(calling("constructor", {})).toMatchObject({ use: { kind: "other", own: false } });
  for (const tool of ["Bash", "apply_patch", "view_image"])
    expect(calling(tool, { cmd: "ls" }).kind).toBe("malformed");
});

test("a patch is judged by every file that it names, whatever stands in it", () => {
  const patch = [
    "*** Begin Patch",
    "*** Add File: new.ts",
    "+EOF",
    "*** Update File: /etc/hosts",
    "*** Move to: /home/dev/other/hosts",
    "*** Delete File: old.ts",
    "*** End Patch",
  ].join("\n");
  const heard = calling("apply_patch", { command: patch });
  if (heard.kind !== "call") throw new Error("it is a call");
  const place = {
    cwd: heard.cwd,
    workspace: "/home/dev/project",
    home: "/home/dev",
    user: "dev",
  };
  const facts = analyse(heard.text, place, () => 0).actions.flatMap((each) => each.facts);
  expect(facts.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "/home/dev/project/new.ts",
      "/etc/hosts",
      "/home/dev/other/hosts",
      "/home/dev/project/old.ts",
    ]),
  );
});

test("its own question names the call, and only a yes answers it", () => {
  const asked = calling("Bash", { command: "ls", description: "May I?" }, "PermissionRequest");
  expect(asked).toMatchObject({ kind: "question", tool: "Bash", text: "ls", isJudgedNext: false });
  expect(codex.answer("PermissionRequest", { kind: "none" })).toEqual({ kind: "json", body: {} });
  expect(codex.answer("PermissionRequest", { kind: "allow", reason: "" })).toMatchObject({
    body: { hookSpecificOutput: { decision: { behavior: "allow" } } },
  });
  // Trouble there leaves the question to a person.
  expect(codex.asks("PermissionRequest")).toBe(false);
});

test("a no is an exit code, which nothing on the hook's output can spoil", () => {
  expect(codex.answer("PreToolUse", { kind: "deny", reason: "no" })).toEqual({
    kind: "refusal",
    reason: "no",
  });
  expect(codex.answer("PreToolUse", { kind: "allow", reason: "" })).toEqual({
    kind: "json",
    body: {},
  });
});

test("prompts and normal ends are told, and an unknown event asks", () => {
  expect(codex.read("UserPromptSubmit", { prompt: "go" })).toMatchObject({
    word: { kind: "prompt", text: "go" },
  });
  expect(codex.read("Stop", { last_assistant_message: "done" })).toMatchObject({
    word: { kind: "turnEnded", state: "completed", answer: "done" },
  });
  expect(codex.read("SubagentStop", { last_assistant_message: "x" })).toMatchObject({ word: null });
  expect(codex.asks("PreEverything")).toBe(true);
  expect(codex.asks("Stop")).toBe(false);
});

test("its settings give every hook more time than our answer takes, and add to a person's own", () => {
  const { args = [], file } = codex.settings({ ...launched, script: "'/x y/hook'" });
  expect(file).toBeUndefined();
  expect(args).toContain(
    `hooks.PreToolUse=[{hooks=[{type="command",command="exec '/x y/hook' codex PreToolUse 110",timeout=120}]}]`,
  );
  expect(args.join(" ")).toContain("network_access=true");
  const at = (gate: "observe" | "contain") =>
    codex.settings({ ...launched, waitSeconds: 0.3, gate }).args?.join(" ");
  expect(at("observe")).not.toMatch(/network_access|sandbox_mode/);
  expect(at("contain")).toContain('sandbox_mode="danger-full-access"');
  // A number that is not whole would keep it from starting.
  expect(at("observe")).toContain('PreToolUse 11",timeout=21}');
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("tool_name", "tool_input", "cwd", "hook_event_name", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  const events = constantFrom("PreToolUse", "PermissionRequest", "PostToolUse", "Stop", "toString");
  hold(
    property(events, odd, (event, payload) => {
      const kinds = ["call", "question", "ended", "signal", "malformed"];
      expect(kinds).toContain(codex.read(event, payload).kind);
    }),
    { numRuns: 300, seed: 4 },
  );
  hold(
    property(constantFrom("Bash", "apply_patch", "view_image", "__proto__"), odd, (tool, input) => {
      expect(["call", "malformed"]).toContain(calling(tool, input).kind);
    }),
    { numRuns: 300, seed: 4 },
  );
});
