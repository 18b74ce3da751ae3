/**
 * Qwen Code's hooks (0.24.4): Claude Code's events around Gemini CLI's tools. A tool runs unless its PreToolUse
 * hook denies it: one that fails, that takes too long or that says nothing lets it run. Its own question comes
 * before that, with a hook as well.
 */
import type { ToolUse } from "../guard/index.ts";
import type { AgentEvent } from "../terminals/index.ts";
import type { HookAnswer, HookContract, HookEvent, HookVerdict } from "./contract.ts";
import {
  type Input,
  isText,
  readCall,
  readEnding,
  readQuestion,
  readSignal,
  type Said,
  type Told,
  wordOfTurn,
} from "./payload.ts";
import { qwenSettings } from "./qwen-settings.ts";
import { shown } from "./shown.ts";
import { otherUse, type ToolTable, useOfTool } from "./tool-use.ts";

const ENDINGS = new Set(["PostToolUse", "PostToolUseFailure"]);
const SIGNALS = new Set("SessionStart SessionEnd UserPromptSubmit Stop StopFailure".split(" "));

export const qwen: HookContract = {
  read,
  asks: (event) => !ENDINGS.has(event) && !SIGNALS.has(event) && event !== "PermissionRequest",
  answer,
  // Its shell is given the very text.
  unwrap: () => undefined,
  settings: qwenSettings,
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "PreToolUse") return readCall(event, payload, saidOf);
  if (event === "PermissionRequest")
    return readQuestion(event, payload, saidOf, { isJudgedNext: true });
  if (ENDINGS.has(event)) return readEnding(payload);
  if (SIGNALS.has(event)) return readSignal(event, payload, wordOf);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

/** The results of tools come as prompts without a text. */
function wordOf(event: string, told: Told): AgentEvent | null {
  return event === "UserPromptSubmit" && !isText(told.prompt) ? null : wordOfTurn(event, told);
}

/** Tools that run a text in a shell. */
const SHELLS = new Set(["run_shell_command", "monitor"]);

const TOOLS: ToolTable = {
  reads: {
    read_file: "file_path",
    list_directory: "path",
    glob: "path",
    grep_search: "path",
  },
  searches: ["list_directory", "glob", "grep_search"],
  writes: { write_file: "file_path", edit: "file_path", notebook_edit: "notebook_path" },
  replaces: { write_file: "content" },
  fetches: { web_fetch: "url" },
  webSearches: ["web_search"],
};
/** They change what the agent itself knows and does; calls of sub-agents and skills come by themselves. */
const OWN = new Set(
  `agent ask_user_question cron_create cron_delete cron_list enter_plan_mode exit_plan_mode get_goal list_agents
  loop_wakeup propose_goal skill structured_output task_create task_list task_stop task_update todo_write
  tool_search update_goal`.split(/\s+/),
);

/** Undefined where the input lacks what the tool cannot do without. */
function saidOf(tool: string, input: Input): Said | undefined {
  if (SHELLS.has(tool)) {
    const { command, directory: folder } = input;
    return isText(command) ? { text: command, use: undefined, folder } : undefined;
  }
  const use = useOf(tool, input);
  return use === undefined ? undefined : { text: shown(use, input), use };
}

function useOf(tool: string, input: Input): ToolUse | undefined {
  return useOfTool(TOOLS, tool, input, () => otherUse(tool, OWN));
}

function answer(event: string, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "deny") return { kind: "refusal", reason: verdict.reason };
  // To a call no word is a yes, but it may not be silence: see gates/hook.
  if (event !== "PermissionRequest" || verdict.kind === "none") return { kind: "json", body: {} };
  const decision = { behavior: "allow" };
  return { kind: "json", body: { hookSpecificOutput: { hookEventName: event, decision } } };
}
