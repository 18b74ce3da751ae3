import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import type { Client } from "../link/client.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

interface AttachOptions extends JsonOption {
  readonly readOnly?: boolean;
  readonly keepSize?: boolean;
}

export function build(context: Context): Command {
  return command("attach", "Watch an agent work; detach with tmux's own key (prefix d)", [
    "attach dev",
    "attach dev --read-only --keep-size",
    "attach dev --json",
  ])
    .argument("<name>", "a terminal's name or id")
    .option("-r, --read-only", "look, but type nothing into it")
    .option("-k, --keep-size", "do not fit the agent's window to this screen")
    .action(async (ref: string, options: AttachOptions) => {
      const client = await openClient(context);
      const asked = {
        ref,
        readOnly: options.readOnly === true,
        keepSize: options.keepSize === true,
      };
      if (options.json !== true) return runAttach(context, client, asked);
      const { readOnly, keepSize } = asked;
      const view = await client.attach(ref, { readOnly, keepSize });
      return present(context, true, view, () => "");
    });
}

interface AttachRequest {
  readonly ref: string;
  readonly readOnly: boolean;
  readonly keepSize: boolean;
}

/** Hands the terminal over to tmux until the person detaches. */
export async function runAttach(
  context: Context,
  client: Client,
  asked: AttachRequest,
): Promise<void> {
  const outer = context.env["TMUX"];
  if (context.stdin.isTTY !== true && (outer ?? "") === "") {
    throw new ConductorError("usage.invalid", "attach needs a terminal to show the agent in", {
      hint: `conductor screen ${asked.ref} prints the agent's screen`,
    });
  }
  const { ref, readOnly, keepSize } = asked;
  const view = await client.attach(ref, { readOnly, keepSize });
  const argv = isInside(outer) ? windowOf(view.argv, ref) : view.argv;
  const code = await runOnTerminal(context, argv);
  if (code !== 0) throw new Exit(code === 127 ? 127 : 1);
}

function isInside(outer: string | undefined): outer is string {
  return outer !== undefined && outer !== "";
}

/** Inside a person's own tmux the view opens as a window there; tmux refuses to run nested with TMUX set. */
function windowOf(argv: readonly string[], ref: string): readonly string[] {
  const tmux = argv[0] === undefined || basename(argv[0]) === "tmux" ? (argv[0] ?? "tmux") : "tmux";
  const inner = ["env", "-u", "TMUX", "-u", "TMUX_PANE", ...argv].map(kept);
  return [tmux, "new-window", "-n", ref, "--", ...inner];
}

/** The outer tmux would take a bare semicolon for the end of its own command. */
function kept(word: string): string {
  return word.endsWith(";") ? `${word.slice(0, -1)}\\;` : word;
}

function runOnTerminal(context: Context, argv: readonly string[]): Promise<number> {
  const [file, ...rest] = argv;
  if (file === undefined) throw new ConductorError("internal", "the daemon gave nothing to run");
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, { stdio: "inherit", cwd: context.paths.home });
    child.once("error", (error) =>
      reject(
        new ConductorError("tmux.missing", `${file} cannot be run: ${error.message}`, {
          cause: error,
          hint: "conductor doctor",
        }),
      ),
    );
    child.once("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}
