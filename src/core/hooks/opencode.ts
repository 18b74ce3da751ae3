/**
 * OpenCode's hooks (1.18): a plugin of ours, gates/opencode.mjs, which it loads into its own process. A call
 * that the plugin refuses does not run; where there is no plugin, its own questions come.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ToolUse } from "../guard/index.ts";
import type { AgentEvent } from "../terminals/index.ts";
import type { HookContract, HookEvent, HookLaunch, HookSettings } from "./contract.ts";
import {
  type Input,
  isText,
  patchText,
  readCall,
  readEnding,
  readSignal,
  type Said,
  type Told,
} from "./payload.ts";
import { shown } from "./shown.ts";
import { type ToolTable, useOfTool } from "./tool-use.ts";

const SIGNALS = new Set(["SessionStart", "UserPromptSubmit", "Stop", "StopFailure"]);

export const opencode: HookContract = {
  read,
  asks: (event) => event !== "PostToolUse" && !SIGNALS.has(event),
  answer: (_event, verdict) => ({
    kind: "json",
    body:
      verdict.kind === "none"
        ? { decision: "none" }
        : { decision: verdict.kind, reason: verdict.reason },
  }),
  // Its shell tool runs the very text.
  unwrap: () => undefined,
  settings,
};

/** Under the permissions of a person's own, which it reads before: only a rule for everything is ours. */
function settings(how: HookSettings): HookLaunch {
  const plugin = [pathToFileURL(`${how.gates}/opencode.mjs`).href];
  // The token is not written: it is filled in by the CLI. A handoff may take an hour.
  const conductor = {
    type: "remote",
    url: new URL("/mcp", how.url).href,
    headers: { Authorization: "Bearer {env:CONDUCTOR_TOKEN}" },
    oauth: false,
    timeout: 3_700_000,
  };
  const file = { plugin, mcp: { conductor } };
  if (how.gate === "observe") return { file };
  const asked = how.covers.map((tool) => PERMISSIONS[tool] ?? tool);
  const permission = Object.fromEntries(asked.map((name) => [name, { "*": "ask" }]));
  return { file: { ...file, permission } };
}

/** Tools that ask under another's name. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  write: "edit",
  patch: "edit",
  apply_patch: "edit",
  multiedit: "edit",
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "PreToolUse") return elsewhere(readCall(event, payload, saidOf), payload);
  if (event === "PostToolUse") return readEnding(payload);
  if (SIGNALS.has(event)) return readSignal(event, payload, wordOf);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

/** Its shell tool may be told where to run. */
function elsewhere(heard: HookEvent, payload: unknown): HookEvent {
  if (heard.kind !== "call" || heard.use !== undefined) return heard;
  const input = isRecord(payload) ? payload["tool_input"] : undefined;
  const folder = isRecord(input) ? input["workdir"] : undefined;
  return isText(folder) ? { ...heard, cwd: resolve(heard.cwd, folder) } : heard;
}

function wordOf(event: string, told: Told): AgentEvent | null {
  switch (event) {
    case "UserPromptSubmit":
      return { kind: "prompt", text: told.prompt ?? "" };
    case "Stop":
      return ended("completed", "", told.last_assistant_message ?? null);
    case "StopFailure":
      if (told.error === "interrupted") return ended("interrupted", "", null);
      return ended("failed", told.error === "rate_limit" ? "limited" : "failed", null);
    default:
      return null;
  }
}

function ended(
  state: "completed" | "interrupted" | "failed",
  detail: "" | "failed" | "limited",
  answer: string | null,
): AgentEvent {
  return { kind: "turnEnded", state, detail, answer };
}

const TOOLS: ToolTable = {
  reads: { read: "filePath", glob: "path", grep: "path", list: "path", lsp: "filePath" },
  searches: ["glob", "grep", "list"],
  writes: { write: "filePath", edit: "filePath", multiedit: "filePath" },
  replaces: { write: "content" },
  fetches: { webfetch: "url" },
  webSearches: ["websearch", "codesearch"],
};
/** They change what the agent itself knows and does; calls of its sub-agents come by themselves. */
const OWN = new Set(
  "question skill task todoread todowrite plan_enter plan_exit invalid".split(" "),
);

/** Undefined where the input lacks what the tool cannot do without. */
function saidOf(tool: string, input: Input): Said | undefined {
  if (tool === "bash")
    return isText(input["command"]) ? { text: input["command"], use: undefined } : undefined;
  if (tool === "apply_patch" || tool === "patch") {
    const patch = input["patchText"];
    return isText(patch) ? { text: patchText(patch), use: undefined } : undefined;
  }
  const use = useOf(tool, input);
  return use === undefined ? undefined : { text: shown(use, input), use };
}

function useOf(tool: string, input: Input): ToolUse | undefined {
  return useOfTool(TOOLS, tool, input, () => {
    if (OWN.has(tool)) return { kind: "other", name: tool, paths: [], own: true };
    // All else it has are the tools of servers: what ours do is judged where it is done.
    return { kind: "mcp", name: tool, paths: [], own: tool.startsWith("conductor_") };
  });
}

function isRecord(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
