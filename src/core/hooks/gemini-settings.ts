import { join } from "node:path";
import type { HookLaunch, HookSettings } from "./contract.ts";
import { hookCommand, listOf, NEVER_MS, recordOf, toolsOf } from "./launch.ts";

const POLICY = "policy.toml";
const TOLD_MS = 5_000;
const TOLD = ["AfterTool", "SessionStart", "SessionEnd", "BeforeAgent", "AfterAgent"];

/**
 * It has no option for settings, and the system's have to be root's (0.61): so it is given a home in which a
 * person's settings stand with ours. A project's outrank these, and can switch all hooks off: then its own
 * questions come for all that nothing marked, and the shell's gate asks about commands.
 */
export function geminiSettings(how: HookSettings): HookLaunch {
  // At that level its own questions are the only ones.
  const covers = how.gate === "observe" ? [] : how.covers;
  const { own } = how;
  const file = {
    ...own,
    general: {
      ...recordOf(own["general"]),
      enableAutoUpdate: false,
      // With a session's second file, which a load by ACP leaves empty, it deletes the one that holds it (0.61).
      sessionRetention: { enabled: false },
    },
    security: { ...recordOf(own["security"]), folderTrust: { enabled: false } },
    hooksConfig: { ...recordOf(own["hooksConfig"]), enabled: true },
    hooks: hooksOf(how),
    mcpServers: { ...recordOf(own["mcpServers"]), conductor: toolsOf(how) },
    ...(covers.length === 0 ? {} : { policyPaths: policyPaths(how) }),
  };
  return {
    file,
    ...(covers.length === 0 ? {} : { more: { [POLICY]: policyOf(covers, how.mark) } }),
  };
}

function hooksOf(how: HookSettings): Readonly<Record<string, unknown>> {
  // Hooks can be switched off by their names.
  const name = `conductor-${how.mark.slice(0, 8)}`;
  const ours = (event: string, timeout: number) => ({
    matcher: "*",
    hooks: [
      {
        name,
        type: "command",
        command: hookCommand(how, "gemini", event),
        timeout,
      },
    ],
  });
  const isOff = recordOf(how.own["hooksConfig"])["enabled"] === false;
  const theirs = isOff ? {} : recordOf(how.own["hooks"]);
  const all = [["BeforeTool", NEVER_MS] as const, ...TOLD.map((each) => [each, TOLD_MS] as const)];
  const joined = all.map(([event, timeout]) => [
    event,
    [...listOf(theirs[event]), ours(event, timeout)],
  ]);
  return { ...theirs, ...Object.fromEntries(joined) };
}

/** Given one, it leaves out the folder that it reads by itself. */
function policyPaths(how: HookSettings): readonly unknown[] {
  const theirs = listOf(how.own["policyPaths"]);
  const rest = theirs.length === 0 ? [join(how.home, ".gemini/policies")] : theirs;
  return [join(how.folder, POLICY), ...rest];
}

/**
 * The lowest rules of the user's rank: they outrank what the CLI asks by itself, and none of theirs. Beneath
 * its shell tool stands the shell's own gate; of all else only a call that our hook marked is let through.
 */
function policyOf(covers: readonly string[], mark: string): string {
  const shell = covers.filter((tool) => tool === "run_shell_command");
  const others = covers.filter((tool) => tool !== "run_shell_command");
  const rule = (tools: readonly string[], ...more: readonly string[]): string =>
    tools.length === 0
      ? ""
      : [
          "[[rule]]",
          `toolName = ${JSON.stringify(tools)}`,
          'decision = "allow"',
          "priority = 0",
          'modes = ["default", "autoEdit"]',
          ...more,
          "",
        ].join("\n");
  // Without a pattern it would ask about what it takes for dangerous.
  const any = ["allowRedirection = true", `argsPattern = ${JSON.stringify('"command":')}`];
  const marked = JSON.stringify(String.raw`\x00"conductor":"${mark}"\x00`);
  return [rule(shell, ...any), rule(others, `argsPattern = ${marked}`)].join("\n");
}
