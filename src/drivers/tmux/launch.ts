import type { SpawnPane } from "../../core/terminals/index.ts";
import { shellQuote } from "./quote.ts";

/** The shell's own state, or what names another terminal than the pane the agent runs in. */
const NOT_CARRIED =
  /^(_|PWD|OLDPWD|PPID|U?ID|E?UID|GROUPS|IFS|OPTIND|OPTARG|LINENO|RANDOM|SECONDS|BASHOPTS|SHELLOPTS|BASH_VERSINFO|TERM|TERMCAP|TERM_PROGRAM|TERM_PROGRAM_VERSION|COLUMNS|LINES|TMUX|TMUX_PANE|TMUX_TMPDIR)$/;

/**
 * The script a pane runs: it removes itself first, so that values from the environment stand neither
 * in `ps` nor on disk, and prints the exit marker when the agent ends. INT and QUIT reach the agent,
 * for which they are reset, and not the shell, which must live to print the marker.
 */
export function launchScript(pane: SpawnPane, file: string, nonce: string): string {
  const exports = Object.entries(pane.env)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !NOT_CARRIED.test(name))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  return [
    `rm -f -- ${shellQuote(file)}`,
    "unset TMUX TMUX_PANE",
    "export COLORTERM=truecolor",
    ...exports,
    // What the agent's own program starts, without a shell between, is told by this.
    "export CONDUCTOR_PANE=$$",
    `cd -- ${shellQuote(pane.cwd)} || exit 126`,
    "trap : INT QUIT",
    ...command(pane),
    "rc=$?",
    `printf '\\033]777;conductor-exit;${nonce};%d\\007' "$rc"`,
    // tmux drops what is still pending for a control client when the pane's terminal closes.
    "sleep 0.05",
    'exit "$rc"',
    "",
  ].join("\n");
}

/** What shuts an agent in is in the foreground with it: INT and QUIT would end it, and the agent with it. */
function command({ argv, wrapper }: SpawnPane): string[] {
  const words = [...(wrapper ?? []), ...argv].map(shellQuote).join(" ");
  return wrapper === undefined ? [words] : [`(trap '' INT QUIT; exec ${words})`];
}
