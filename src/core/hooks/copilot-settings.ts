import { join } from "node:path";
import type { HookLaunch, HookSettings } from "./contract.ts";
import { MARGIN_SECONDS, NEVER_MS } from "./launch.ts";

/** Not of a turn's end: that stands in the session file, with the answer, which a hook would be ahead of. */
const TOLD = "postToolUse postToolUseFailure userPromptSubmitted sessionStart sessionEnd".split(
  " ",
);

/** A plugin of this terminal alone: its hooks add up with a person's and a project's, and take no trust of a folder. */
export function copilotSettings(how: HookSettings): HookLaunch {
  const hook = (event: string, timeoutSec: number) => ({
    type: "command",
    // Without a shell of its own.
    exec: join(how.gates, "hook"),
    args: ["copilot", event, String(Math.ceil(how.waitSeconds) + MARGIN_SECONDS)],
    timeoutSec,
  });
  // When its time is over the tool runs, so it has to be ours that ends first.
  const all = [
    ["preToolUse", Math.floor(NEVER_MS / 1_000)] as const,
    ...TOLD.map((event) => [event, MARGIN_SECONDS] as const),
  ];
  const hooks = Object.fromEntries(all.map(([event, seconds]) => [event, [hook(event, seconds)]]));
  const about = { name: "conductor", version: "1.0.0", description: "Hooks of agent-conductor" };
  return {
    more: {
      "plugin/.plugin/plugin.json": JSON.stringify(about),
      "plugin/hooks/hooks.json": JSON.stringify({ version: 1, hooks }),
    },
  };
}
