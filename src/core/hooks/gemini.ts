/**
 * Gemini CLI's hooks (0.61). A tool call runs unless its BeforeTool hook denies it: a hook that fails, that
 * takes too long or that says nothing lets it run.
 */
import { z } from "zod";
import type { ToolUse } from "../guard/index.ts";
import type { AgentEvent } from "../terminals/index.ts";
import type {
  HookAnswer,
  HookAsked,
  HookContract,
  HookEvent,
  HookVerdict,
  WrappedText,
} from "./contract.ts";
import { geminiSettings } from "./gemini-settings.ts";
import {
  type Input,
  isText,
  readCall,
  readEnding,
  readSignal,
  type Said,
  type Told,
} from "./payload.ts";
import { shown } from "./shown.ts";
import { type ToolTable, useOfTool } from "./tool-use.ts";

const SIGNALS = new Set(["SessionStart", "SessionEnd", "BeforeAgent", "AfterAgent"]);

export const gemini: HookContract = {
  read,
  asks: (event) => event !== "AfterTool" && !SIGNALS.has(event),
  answer,
  unwrap,
  settings: geminiSettings,
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "BeforeTool") return readCall(event, payload, saidBy(payload));
  if (event === "AfterTool") return readEnding(payload);
  if (SIGNALS.has(event)) return readSignal(event, payload, wordOf);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

/** Of one server's tool. */
const given = z.looseObject({
  tool_name: z.string(),
  tool_input: z.record(z.string(), z.unknown()),
  mcp_context: z.looseObject({ server_name: z.string() }).nullish(),
});

/** Undefined where the input lacks what the tool cannot do without. */
function saidBy(payload: unknown): (tool: string, input: Input) => Said | undefined {
  const server = given.safeParse(payload).data?.mcp_context?.server_name;
  return (tool, input) => {
    if (tool === "run_shell_command") {
      const { command, dir_path: folder } = input;
      return isText(command) ? { text: command.trim(), use: undefined, folder } : undefined;
    }
    const use = useOf(tool, input, server);
    return use === undefined ? undefined : { text: shown(use, input), use };
  };
}

/** What it says instead of an answer: after an error, or where Esc came first. */
const NOTHING_SAID = "[no response text]";

function wordOf(event: string, told: Told): AgentEvent | null {
  if (event === "BeforeAgent") return { kind: "prompt", text: told.prompt ?? "" };
  if (event !== "AfterAgent" || told.prompt_response === NOTHING_SAID) return null;
  // Its `prompt_response` is all that was said in the turn: the last answer stands in the transcript.
  return { kind: "turnEnded", state: "completed", detail: "", answer: null };
}

const TOOLS: ToolTable = {
  reads: {
    read_file: "file_path",
    list_directory: "dir_path",
    glob: "dir_path",
    grep_search: "dir_path",
  },
  searches: ["list_directory", "glob", "grep_search"],
  writes: { write_file: "file_path", replace: "file_path" },
  replaces: { write_file: "content" },
  fetches: {},
  webSearches: ["google_web_search"],
};
/** They change what the agent itself knows and does; calls of sub-agents come by themselves. */
const OWN = new Set(
  `activate_skill ask_user complete_task enter_plan_mode exit_plan_mode get_internal_docs invoke_agent
  list_mcp_resources tracker_add_dependency tracker_create_task tracker_get_task tracker_list_tasks
  tracker_update_task update_topic write_todos`.split(/\s+/),
);

/** Undefined where the input lacks what the tool cannot do without. */
function useOf(tool: string, input: Input, server: string | undefined): ToolUse | undefined {
  if (server !== undefined || tool.startsWith("mcp_"))
    // What our own tools do is judged where it is done.
    return { kind: "mcp", name: tool, paths: [], own: server === "conductor" };
  return useOfTool(TOOLS, tool, input, () =>
    tool === "web_fetch"
      ? fetchOf(tool, input["prompt"] ?? input["url"])
      : { kind: "other", name: tool, paths: [], own: OWN.has(tool) },
  );
}

/** It is given a sentence with addresses in it. */
function fetchOf(tool: string, prompt: unknown): ToolUse | undefined {
  if (!isText(prompt)) return undefined;
  const [url, ...more] = prompt.match(/\w+:\/\/[^\s"'<>]+/g) ?? [];
  const one = url !== undefined && more.length === 0 ? { url } : {};
  return { kind: "fetch", name: tool, paths: [], ...one };
}

/** What was allowed is marked, and only what is marked passes its own question: see the policy of the launch. */
function answer(_event: string, verdict: HookVerdict, asked?: HookAsked): HookAnswer {
  if (verdict.kind === "deny") return { kind: "refusal", reason: verdict.reason };
  const { data } = given.safeParse(asked?.payload);
  if (verdict.kind === "none" || asked === undefined || data === undefined)
    return { kind: "json", body: {} };
  const { tool_name: tool, tool_input: input } = data;
  const hookSpecificOutput = {
    hookEventName: "BeforeTool",
    tool_input: { ...input, conductor: asked.mark },
  };
  const marked = !Object.hasOwn(TOOLS.writes, tool) ? {} : { hookSpecificOutput };
  return { kind: "json", body: { decision: "allow", ...marked } };
}

/** Its shell tool puts the very text between these lines. */
const LINE = new RegExp(
  String.raw`^(shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file=['\w./-]+bgpids\.tmp'?\n` +
    String.raw`\(\n {2}trap 'jobs -p > "\$_bgpids_file"' EXIT\n)([\s\S]*)(\n\)\n__code=\$\?\nexit \$__code)$`,
);

function unwrap(line: string): WrappedText | undefined {
  const [, before, text, after] = LINE.exec(line) ?? [];
  if (before === undefined || text === undefined || after === undefined) return undefined;
  return { text: text.endsWith("\\ ") ? text.slice(0, -1) : text, rest: `${before}:${after}` };
}
