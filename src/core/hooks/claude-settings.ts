import type { HookSettings } from "./contract.ts";
import { hookCommand, MARGIN_SECONDS } from "./launch.ts";

/**
 * What `--settings` is given. A tool call is carried by a script and not by an `http` hook, which follows
 * `http_proxy` (2.1.329: behind a proxy every call is blocked) and, on versions before 2.1.295, which do not
 * know `onFailure`, lets the tool run on every error. The script exits 2 on any trouble, with a reason.
 */
export function claudeSettings(how: HookSettings): Readonly<Record<string, unknown>> {
  const timeout = how.waitSeconds + 2 * MARGIN_SECONDS;
  const carried = (event: string, more: object) => [
    {
      hooks: [
        {
          type: "command",
          command: hookCommand(how, "claude-code", event),
          ...more,
        },
      ],
    },
  ];
  const told = (event: string) => [
    {
      hooks: [
        {
          type: "http",
          url: `${how.url}/${event}`,
          timeout: 5,
          headers: { Authorization: "Bearer $CONDUCTOR_TOKEN" },
          allowedEnvVars: ["CONDUCTOR_TOKEN"],
        },
      ],
    },
  ];
  const events =
    "PostToolUse PostToolUseFailure UserPromptSubmit Stop StopFailure SubagentStop Notification SessionEnd";
  return {
    // A project's settings could switch them off.
    disableAllHooks: false,
    hooks: {
      PreToolUse: carried("PreToolUse", { timeout, onFailure: "block" }),
      // Not delivered over http (2.1.329).
      SessionStart: carried("SessionStart", { timeout: 5 }),
      ...Object.fromEntries(events.split(" ").map((event) => [event, told(event)])),
    },
  };
}
