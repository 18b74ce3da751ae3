import type { HookSettings } from "./contract.ts";

/** Beyond our own deadline, so that an answer of ours is always the first. */
const MARGIN_SECONDS = 10;
const TOLD = "UserPromptSubmit Stop PostToolUse SessionStart SessionEnd";

/**
 * What Codex is given by `-c`, beside a person's own config.toml: hooks add up, and what a project's file says
 * of these keys does not count.
 */
export function codexSettings(how: HookSettings): readonly string[] {
  // Codex takes whole numbers only.
  const wait = Math.ceil(how.waitSeconds) + MARGIN_SECONDS;
  const hook = (event: string, seconds: number): string => {
    // `exec`, so that whoever ends the shell ends the script, and with it the question.
    const command = `exec ${how.script} codex ${event} ${seconds}`;
    const timeout = seconds + MARGIN_SECONDS;
    return `hooks.${event}=[{hooks=[{type="command",command=${JSON.stringify(command)},timeout=${timeout}}]}]`;
  };
  const settings = [
    "features.hooks=true",
    // Its snapshots would stand around every command that the shell's gate is asked about.
    "features.shell_snapshot=false",
    // What is typed into a running program passes no hook (0.169.0).
    "features.unified_exec_tty=false",
    hook("PreToolUse", wait),
    hook("PermissionRequest", MARGIN_SECONDS),
    ...TOLD.split(" ").map((event) => hook(event, event === "SessionEnd" ? 2 : MARGIN_SECONDS)),
  ];
  // The shell's gate has to reach us out of Codex's own sandbox, which knows only all of the network or none.
  if (how.gate === "guard") settings.push("sandbox_workspace_write.network_access=true");
  // It cannot make its sandbox inside of ours, which allows less.
  if (how.gate === "contain") settings.push('sandbox_mode="danger-full-access"');
  return settings.flatMap((setting) => ["-c", setting]);
}
