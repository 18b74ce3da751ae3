import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { assert, constantFrom, dictionary, jsonValue, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse, analyseTool } from "../../../src/core/guard/index.ts";
import { hookContracts } from "../../../src/core/hooks/index.ts";
import { decide, parsePolicy, toLayer } from "../../../src/core/policy/index.ts";
import { launched } from "../../support/hook-settings.ts";

const found = hookContracts["claude-code"];
if (found === undefined) throw new Error("its contract is missing");
const claude = found;

const place = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};
const policy = (name: "builtin" | "default") =>
  parsePolicy(
    readFileSync(resolve(import.meta.dirname, `../../../policies/${name}.yaml`), "utf8"),
    name,
  );
const layers = [toLayer(policy("builtin"), "builtin"), toLayer(policy("default"), "global")];

const calling = (tool_name: unknown, tool_input: unknown, more: object = {}) =>
  claude.read("PreToolUse", {
    session_id: "s",
    transcript_path: "/home/dev/.claude/projects/x/s.jsonl",
    cwd: place.cwd,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_name,
    tool_input,
    tool_use_id: "toolu_1",
    ...more,
  });

/** What the shipped policy says to a call. */
function effect(tool: string, input: object): string {
  const heard = calling(tool, input);
  if (heard.kind !== "call") return heard.kind;
  const analysis =
    heard.use === undefined ? analyse(heard.text, place, () => 0) : analyseTool(heard.use, place);
  const asker = { workspace: place.workspace, home: place.home, labels: [] };
  const who = { agent: "dev", session: "s", time: 0 };
  return decide(analysis, layers, { ...asker, ...who, tool: heard.use?.kind ?? "shell" }).effect;
}

test.each([
  ["Bash", { command: "npm test" }, "allow"],
  ["Bash", { command: "npm publish" }, "ask"],
  ["Bash", { command: "rm -rf ~" }, "deny"],
  ["Write", { file_path: "/home/dev/project/src/a.ts", content: "x" }, "allow"],
  ["Write", { file_path: "src/a.ts", content: "x" }, "allow"],
  ["Write", { file_path: "/home/dev/project/src/a.ts", content: "" }, "ask"],
  ["Write", { file_path: "/home/dev/other/a.ts", content: "x" }, "ask"],
  ["Write", { file_path: "/home/dev/project/../other/a.ts", content: "x" }, "ask"],
  ["Write", { file_path: "~/.bashrc", content: "x" }, "ask"],
  ["Write", { file_path: "/home/dev/.ssh/authorized_keys", content: "x" }, "deny"],
  ["Write", { file_path: "/etc/hosts", content: "x" }, "deny"],
  ["Write", { file_path: "/home/dev/project/.ai/policy.yaml", content: "x" }, "deny"],
  ["Write", { file_path: "/home/dev/.conductor/policy.yaml", content: "x" }, "deny"],
  ["Edit", { file_path: ".claude/settings.json", old_string: "a", new_string: "b" }, "deny"],
  ["MultiEdit", { file_path: ".claude/settings.local.json", edits: [] }, "deny"],
  ["Edit", { file_path: ".git/hooks/pre-commit", old_string: "a", new_string: "b" }, "ask"],
  ["NotebookEdit", { notebook_path: "/home/dev/x.ipynb", new_source: "" }, "ask"],
  ["Read", { file_path: "/home/dev/project/src/a.ts" }, "allow"],
  ["Read", { file_path: "/home/dev/.ssh/id_ed25519" }, "ask"],
  ["Read", { file_path: "/home/dev/project/.env" }, "ask"],
  ["Grep", { pattern: "TODO" }, "allow"],
  ["Grep", { pattern: "x", path: "/home/dev/.aws" }, "ask"],
  ["Glob", { pattern: "**/*.ts" }, "allow"],
  ["WebFetch", { url: "https://example.com", prompt: "x" }, "allow"],
  ["WebFetch", { url: "file:///etc/passwd", prompt: "x" }, "ask"],
  ["WebSearch", { query: "x" }, "allow"],
  ["Task", { prompt: "x", description: "x", subagent_type: "x" }, "allow"],
  ["TodoWrite", { todos: [] }, "allow"],
  ["mcp__files__delete", { path: "/" }, "ask"],
  ["mcp__conductor__handoff", { to: "dev" }, "allow"],
  ["mcp__conductors__handoff", { to: "dev" }, "ask"],
  ["CronCreate", { cron: "* * * * *" }, "ask"],
  ["constructor", {}, "ask"],
  ["Bash", {}, "malformed"],
  ["Bash", { command: 7 }, "malformed"],
  ["Bash", { command: "ls\0rm" }, "malformed"],
  ["Write", { content: "x" }, "malformed"],
  ["Read", { file_path: ["a"] }, "malformed"],
  ["Grep", { pattern: "x", path: 5 }, "malformed"],
])("%s %j: %s", (tool, input, wanted) => {
  expect(effect(tool, input)).toBe(wanted);
});

test("a glob's characters in a tool's path are the path's own: its links are followed", () => {
  const heard = calling("Write", { file_path: "app/[id]/page.tsx", content: "x" });
  if (heard.kind !== "call" || heard.use === undefined) throw new Error("it is a call");
  const linked = {
    ...place,
    realpath: (path: string) => (path.endsWith("/[id]") ? "/home/dev/elsewhere" : path),
  };
  const [action] = analyseTool(heard.use, linked).actions;
  expect(action?.facts).toMatchObject([
    { deed: "write-outside", path: "/home/dev/elsewhere/page.tsx" },
  ]);
});

test("what a human is shown of a call is all that it would write, or bound to it by a hash", () => {
  const text = (tool: string, input: object) => {
    const heard = calling(tool, input);
    return heard.kind === "call" ? heard.text : "";
  };
  expect(text("Write", { file_path: "/x", content: "one\ntwo" })).toBe("Write /x\none\ntwo");
  expect(text("Edit", { file_path: "/x", old_string: "a", new_string: "b" })).toBe(
    "Edit /x\nold_string: a\nnew_string: b",
  );
  expect(text("mcp__db__query", { sql: "drop table x", limit: 3 })).toBe(
    "mcp__db__query\nsql: drop table x\nlimit: 3",
  );
  const long = (end: string) =>
    text("Write", { file_path: "/x", content: "y".repeat(50_000) + end });
  expect(long("a").length).toBeLessThan(21_000);
  expect(long("a")).toContain("more characters; SHA-256 of the whole");
  expect(long("a")).not.toBe(long("b"));
});

test("an event that only tells is evidence, and the end of a call names it", () => {
  expect(
    claude.read("Stop", { session_id: "s", transcript_path: "/t", last_assistant_message: "done" }),
  ).toEqual({
    kind: "signal",
    event: "Stop",
    sessionId: "s",
    transcriptPath: "/t",
    word: { kind: "turnEnded", state: "completed", detail: "", answer: "done" },
  });
  expect(claude.read("UserPromptSubmit", { prompt: "go" })).toMatchObject({
    word: { kind: "prompt", text: "go" },
  });
  expect(claude.read("StopFailure", { error: "server_error" })).toMatchObject({
    word: { state: "failed", detail: "failed", answer: null },
  });
  expect(claude.read("Notification", { message: "hm" })).toMatchObject({ word: null });
  expect(
    claude.read("PostToolUse", { tool_name: "Bash", tool_use_id: "toolu_1", tool_response: {} }),
  ).toEqual({ kind: "ended", id: "toolu_1", tool: "Bash" });
});

test("what is not a call that it knows is malformed, and an unknown event asks", () => {
  expect(claude.read("PreToolUse", undefined).kind).toBe("malformed");
  expect(calling("Bash", { command: "ls" }, { cwd: "relative" }).kind).toBe("malformed");
  expect(calling("Bash", { command: "ls" }, { hook_event_name: "Stop" }).kind).toBe("malformed");
  expect(claude.read("PreSomething", {}).kind).toBe("malformed");
  expect(claude.asks("PreSomething")).toBe(true);
  expect(claude.asks("Stop")).toBe(false);
});

test("whatever comes is read without an exception, and no call comes of what is none", () => {
  const key = constantFrom("tool_name", "tool_input", "cwd", "hook_event_name", "command");
  const odd = oneof(jsonValue(), dictionary(key, jsonValue()));
  const tool = constantFrom("Bash", "Write", "Read", "Grep", "WebFetch", "Task", "__proto__");
  const events = constantFrom("PreToolUse", "PostToolUse", "Stop", "SessionStart", "toString");
  const kinds = ["call", "ended", "signal", "malformed"];
  assert(
    property(events, odd, (event, payload) => {
      expect(kinds).toContain(claude.read(event, payload).kind);
    }),
    { numRuns: 500, seed: 4 },
  );
  assert(
    property(tool, odd, (name, input) => {
      const heard = calling(name, input);
      expect(["call", "malformed"]).toContain(heard.kind);
      if (heard.kind === "call") expect(heard.text).not.toBe("");
    }),
    { numRuns: 500, seed: 4 },
  );
  assert(
    property(string({ unit: "binary", maxLength: 400 }), (line) => {
      expect(claude.unwrap(line)).toBeUndefined();
    }),
  );
}, 30_000);

describe("the line that its shell tool runs", () => {
  const snapshot = "/home/dev/.claude/shell-snapshots/snapshot-bash-1795256100276-9t01nm.sh";
  // As 2.1.329 starts it.
  const line = (quoted: string) =>
    `source ${snapshot} 2>/dev/null || true && \\builtin shopt -u extglob 2>/dev/null || true && { \\builtin unalias -- 'which'; \\builtin unset -f -- 'which'; } >/dev/null 2>&1 || true && eval ${quoted} < /dev/null && pwd -P >| /tmp/claude-6be1-cwd`;

  test("is taken apart into the text and what is the CLI's own", () => {
    expect(claude.unwrap(line(`'echo it\\'"'"'s > y.txt; pwd'`))).toEqual({
      text: "echo it\\'s > y.txt; pwd",
      rest: line("':'"),
    });
    expect(claude.unwrap(line("ls"))?.text).toBe("ls");
  });

  test.each([
    ["something behind it", `${line("'ls'")}\nrm -rf ~`],
    ["something before it", `rm -rf ~; ${line("'ls'")}`],
    ["words outside the quotes", line("'ls'$(rm)''")],
    ["another file", line("'ls'").replace("/shell-snapshots/", "/x/")],
    ["a variable", line("'ls'").replace("source", "x=1; source")],
    ["another folder", line("'ls'").replace(" && eval", " && cd / && eval")],
    ["a snapshot by a substitution", line("'ls'").replace("/home/dev", "/$(rm)")],
  ])("is judged whole with %s", (_, text) => {
    expect(claude.unwrap(text)).toBeUndefined();
  });
});

test("its answer says the decision in its own words, or nothing", () => {
  expect(claude.answer("PreToolUse", { kind: "deny", reason: "no" })).toEqual({
    kind: "json",
    body: {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "no",
      },
    },
  });
  expect(claude.answer("PreToolUse", { kind: "none" })).toEqual({ kind: "json", body: {} });
});

test("its settings hold a call for longer than an answer takes, and block it on any failure", () => {
  const settings = claude.settings(launched);
  expect(settings.file).toMatchObject({
    disableAllHooks: false,
    hooks: {
      PreToolUse: [
        {
          hooks: [
            {
              command: "exec '/x/hook' claude-code PreToolUse 110",
              timeout: 120,
              onFailure: "block",
            },
          ],
        },
      ],
    },
  });
});
