import type { HookLaunch, HookSettings } from "./contract.ts";
import { hookCommand, listOf, MARGIN_SECONDS, NEVER_MS, recordOf, toolsOf } from "./launch.ts";

const TOLD =
  "PermissionRequest UserPromptSubmit Stop StopFailure PostToolUse PostToolUseFailure SessionStart SessionEnd".split(
    " ",
  );

/** The system's settings, of which it is told where they are: they outrank a project's, and hooks add up. */
export function qwenSettings(how: HookSettings): HookLaunch {
  const { own } = how;
  const file = {
    ...own,
    general: { ...recordOf(own["general"]), enableAutoUpdate: false },
    // A suggestion stands in the composer as a draft would, and Enter takes it.
    ui: { ...recordOf(own["ui"]), enableFollowupSuggestions: false },
    disableAllHooks: false,
    hooks: hooksOf(how),
    mcpServers: {
      ...recordOf(own["mcpServers"]),
      // Else its model has to look for them first.
      conductor: { ...toolsOf(how), alwaysLoadTools: true },
    },
  };
  return { file };
}

function hooksOf(how: HookSettings): Readonly<Record<string, unknown>> {
  const ours = (event: string, timeout: number) => ({
    hooks: [
      {
        type: "command",
        command: hookCommand(how, "qwen", event),
        timeout,
        // What the shell reads first may write, and its words would spoil the answer.
        env: { BASH_ENV: "" },
      },
    ],
  });
  const theirs = recordOf(how.own["hooks"]);
  // It takes a large number for milliseconds.
  const all = [
    ["PreToolUse", NEVER_MS] as const,
    ...TOLD.map((each) => [each, MARGIN_SECONDS] as const),
  ];
  const joined = all.map(([event, timeout]) => [
    event,
    [...listOf(theirs[event]), ours(event, timeout)],
  ]);
  return { ...theirs, ...Object.fromEntries(joined) };
}
