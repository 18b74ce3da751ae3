/**
 * Claude Code's hooks (2.1.197 to 2.1.329). A tool call runs unless its PreToolUse hook says no in so many
 * words, so whatever cannot be read is answered with a denial.
 */
import type { ToolUse } from "../guard/index.ts";
import { claudeSettings } from "./claude-settings.ts";
import type { HookAnswer, HookContract, HookEvent, HookVerdict, WrappedText } from "./contract.ts";
import {
  type Input,
  isText,
  readCall,
  readEnding,
  readSignal,
  type Said,
  wordOfTurn,
} from "./payload.ts";
import { shown } from "./shown.ts";
import { otherUse, type ToolTable, useOfTool } from "./tool-use.ts";

const ENDINGS = new Set(["PostToolUse", "PostToolUseFailure"]);
const SIGNALS = new Set(
  "SessionStart SessionEnd UserPromptSubmit Stop StopFailure SubagentStart SubagentStop Notification PreCompact PostToolBatch PermissionRequest".split(
    " ",
  ),
);

export const claudeCode: HookContract = {
  read,
  asks: (event) => !ENDINGS.has(event) && !SIGNALS.has(event),
  answer,
  unwrap,
  settings: (how) => ({ file: claudeSettings(how) }),
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "PreToolUse") return readCall(event, payload, saidOf);
  if (ENDINGS.has(event)) return readEnding(payload);
  if (SIGNALS.has(event)) return readSignal(event, payload, wordOfTurn);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

/** Tools that run a text in a shell. */
const SHELLS = new Set(["Bash", "Monitor"]);
const TOOLS: ToolTable = {
  reads: {
    Read: "file_path",
    NotebookRead: "notebook_path",
    LS: "path",
    Glob: "path",
    Grep: "path",
  },
  searches: ["Glob", "Grep"],
  writes: {
    Write: "file_path",
    Edit: "file_path",
    MultiEdit: "file_path",
    NotebookEdit: "notebook_path",
  },
  replaces: { Write: "content" },
  fetches: { WebFetch: "url" },
  webSearches: ["WebSearch"],
};
/** They change what the agent itself knows and does; calls of sub-agents and skills come by themselves. */
const OWN = new Set(
  `Agent Task TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TodoRead TodoWrite AskUserQuestion
  EnterPlanMode ExitPlanMode ToolSearch Skill SlashCommand BashOutput KillShell KillBash ListMcpResourcesTool
  StructuredOutput`.split(/\s+/),
);

/** Undefined where the input lacks what the tool cannot do without. */
function saidOf(tool: string, input: Input): Said | undefined {
  if (SHELLS.has(tool)) {
    const command = input["command"];
    return isText(command) ? { text: command, use: undefined } : undefined;
  }
  const use = useOf(tool, input);
  return use === undefined ? undefined : { text: shown(use, input), use };
}

function useOf(tool: string, input: Input): ToolUse | undefined {
  return useOfTool(TOOLS, tool, input, () => otherUse(tool, OWN));
}

function answer(_event: string, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "none") return { kind: "json", body: {} };
  const hookSpecificOutput = {
    hookEventName: "PreToolUse",
    permissionDecision: verdict.kind,
    permissionDecisionReason: verdict.reason,
  };
  return { kind: "json", body: { hookSpecificOutput } };
}

/**
 * Its shell tool runs `source SNAPSHOT … && eval 'TEXT' < /dev/null && pwd -P >| FILE`. Only that shape is
 * taken apart; any other line is judged whole.
 */
const LINE = new RegExp(
  String.raw`^(source /[^\s'"$\x60\\;&|<>()*?]+/shell-snapshots/snapshot-(?:bash|zsh)-\d+-\w+\.sh 2>/dev/null \|\| true` +
    String.raw`(?: && (?:\\?builtin )?(?:shopt|setopt) [-\w ]+ 2>/dev/null \|\| true` +
    String.raw`| && \{ \\builtin unalias -- '[\w.-]+'; \\builtin unset -f -- '[\w.-]+'; \} >/dev/null 2>&1 \|\| true)*` +
    String.raw` && eval )('(?:[^']|'"'"')*'|[\w./-]+)((?: < /dev/null)? && pwd -P >\| /[^\s'"$\x60\\;&|<>()*?]+-cwd)$`,
);

function unwrap(line: string): WrappedText | undefined {
  const [, before, quoted, after] = LINE.exec(line) ?? [];
  if (before === undefined || quoted === undefined || after === undefined) return undefined;
  const text = quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll(`'"'"'`, "'") : quoted;
  return { text, rest: `${before}':'${after}` };
}
