/**
 * GitHub Copilot CLI's hooks (1.0.102). Its preToolUse hook is taken at its word: a crash and any exit code but 0
 * deny, and about an allowed call it asks no more. Only one that takes too long lets the tool run.
 */
import { z } from "zod";
import type { ToolUse } from "../guard/index.ts";
import type { AgentEvent } from "../terminals/index.ts";
import type { HookAnswer, HookContract, HookEvent, HookVerdict } from "./contract.ts";
import { copilotSettings } from "./copilot-settings.ts";
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

const ENDINGS = new Set(["postToolUse", "postToolUseFailure"]);
const SIGNALS = new Set(["sessionStart", "sessionEnd", "userPromptSubmitted", "agentStop"]);

export const copilot: HookContract = {
  read,
  asks: (event) => !ENDINGS.has(event) && !SIGNALS.has(event),
  answer,
  unwrap: () => undefined,
  settings: copilotSettings,
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "preToolUse") return readCall(event, renamed(event, payload), saidOf);
  if (ENDINGS.has(event)) return readEnding(renamed(event, payload));
  if (SIGNALS.has(event)) return readSignal(event, renamed(event, payload), wordOf);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

const given = z.record(z.string(), z.unknown());

/** What it tells by the names of the others, which have the event's in it as well. */
function renamed(event: string, payload: unknown): Readonly<Record<string, unknown>> {
  const told = given.safeParse(payload).data ?? {};
  return {
    hook_event_name: event,
    session_id: told["sessionId"],
    transcript_path: told["transcriptPath"],
    cwd: told["cwd"],
    prompt: told["prompt"],
    tool_name: told["toolName"],
    tool_input: argumentsIn(told["toolArgs"]),
  };
}

/** An object, or its text. */
function argumentsIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Its answer stands in the transcript. After an interruption and an error no hook runs. */
function wordOf(event: string, told: Told): AgentEvent | null {
  if (event === "userPromptSubmitted") return { kind: "prompt", text: told.prompt ?? "" };
  if (event !== "agentStop") return null;
  return { kind: "turnEnded", state: "completed", detail: "", answer: null };
}

const TOOLS: ToolTable = {
  reads: { view: "path", grep: "path", rg: "path", glob: "path" },
  searches: ["grep", "rg", "glob"],
  writes: { create: "path", edit: "path", str_replace_editor: "path" },
  replaces: { create: "file_text" },
  fetches: { web_fetch: "url" },
  webSearches: ["web_search"],
};
/** They change what the agent itself knows and does; calls of sub-agents come by themselves. */
const OWN = new Set(
  `ask_user exit_plan_mode fetch_copilot_cli_documentation list_agents list_bash read_agent read_bash
  report_intent session_store_sql skill sql stop_bash store_memory task task_complete tool_search update_todo
  write_agent`.split(/\s+/),
);

/** Undefined where the input lacks what the tool cannot do without. */
function saidOf(tool: string, input: Input): Said | undefined {
  if (tool === "bash") {
    const { command } = input;
    return isText(command) ? { text: command, use: undefined } : undefined;
  }
  if (tool === "apply_patch") {
    const patch = input["patch"] ?? input["input"];
    return isText(patch) ? { text: patchText(patch), use: undefined } : undefined;
  }
  const use = useOf(tool, input);
  return use === undefined ? undefined : { text: shown(use, input), use };
}

function useOf(tool: string, input: Input): ToolUse | undefined {
  return useOfTool(TOOLS, tool, input, () => {
    // What our own tools do is judged where it is done. It names a server's tool `server-tool`.
    const ours = /^conductor-[a-z]+(?:_[a-z]+)*$/.test(tool);
    if (ours) return { kind: "mcp", name: tool, paths: [], own: true };
    return { kind: "other", name: tool, paths: [], own: OWN.has(tool) };
  });
}

/** With exit code 2 it denies whatever else there is, and its model reads the reason in the text of this form. */
function answer(_event: string, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return { kind: "json", body: {} };
  const body = {
    permissionDecision: verdict.kind,
    permissionDecisionReason: verdict.reason,
  };
  return verdict.kind === "deny"
    ? { kind: "refusal", reason: JSON.stringify(body) }
    : { kind: "json", body };
}
