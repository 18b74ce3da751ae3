/**
 * Codex's hooks (0.169.0), in the shape of Claude Code's. Exit code 2 is the only refusal that nothing on the
 * hook's output can spoil, such as the words of a person's profile: all other ends of a hook let the tool run.
 */
import type { ToolUse } from "../guard/index.ts";
import { codexSettings } from "./codex-settings.ts";
import type { HookAnswer, HookContract, HookEvent, HookVerdict } from "./contract.ts";
import {
  type Input,
  isText,
  own,
  patchText,
  readCall,
  readEnding,
  readQuestion,
  readSignal,
  type Said,
  wordOfTurn,
} from "./payload.ts";
import { shown } from "./shown.ts";
import { otherUse } from "./tool-use.ts";

const SIGNALS = new Set(
  "SessionStart SessionEnd UserPromptSubmit Stop SubagentStart SubagentStop PreCompact PostCompact".split(
    " ",
  ),
);

export const codex: HookContract = {
  read,
  asks: (event) => event !== "PostToolUse" && event !== "PermissionRequest" && !SIGNALS.has(event),
  answer,
  // With its snapshots of the shell off, a text is run as it is.
  unwrap: () => undefined,
  settings: (how) => ({ args: codexSettings(how) }),
};

function read(event: string, payload: unknown): HookEvent {
  if (event === "PreToolUse") return readCall(event, payload, saidOf);
  if (event === "PermissionRequest") return readQuestion(event, payload, saidOf);
  if (event === "PostToolUse") return readEnding(payload);
  if (SIGNALS.has(event)) return readSignal(event, payload, wordOfTurn);
  return { kind: "malformed", why: `the event ${event.slice(0, 60)} is not known` };
}

/** They change what the agent itself knows and does; calls of its sub-agents come by themselves. */
const OWN = new Set(
  `update_plan request_user_input get_goal create_goal update_goal list_mcp_resources
  list_mcp_resource_templates spawn_agent send_input wait_agent resume_agent close_agent`.split(
    /\s+/,
  ),
);
const READS: Readonly<Record<string, string>> = { view_image: "path" };

function saidOf(tool: string, input: Input): Said | undefined {
  const { command } = input;
  if (tool === "Bash") return isText(command) ? { text: command, use: undefined } : undefined;
  // A patch may come as a shell's text as well: the guard reads both in the one way.
  if (tool === "apply_patch")
    return isText(command) ? { text: patchText(command), use: undefined } : undefined;
  const use = useOf(tool, input);
  return use === undefined ? undefined : { text: shown(use, input), use };
}

function useOf(tool: string, input: Input): ToolUse | undefined {
  const reads = own(READS, tool);
  if (reads !== undefined) {
    const path = input[reads];
    return isText(path) ? { kind: "read", name: tool, paths: [path] } : undefined;
  }
  return otherUse(tool, OWN);
}

function answer(event: string, verdict: HookVerdict): HookAnswer {
  if (verdict.kind === "deny") return { kind: "refusal", reason: verdict.reason };
  // To a call no word is a yes; its own question is answered or comes up.
  if (event !== "PermissionRequest" || verdict.kind === "none") return { kind: "json", body: {} };
  const decision = { behavior: "allow" };
  return {
    kind: "json",
    body: { hookSpecificOutput: { hookEventName: event, decision } },
  };
}
