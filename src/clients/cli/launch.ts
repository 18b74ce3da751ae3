import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { agentEnvironment } from "../../base/environment.ts";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { LaunchOutcome, LaunchRequest } from "../../contract/terminals.ts";
import type { Client } from "../link/client.ts";
import { runAttach } from "./attach.ts";
import { collect, command, type JsonOption } from "./command.ts";
import type { CommandExtras } from "./command-entry.ts";
import { type Context, Exit } from "./context.ts";
import { openClient } from "./open-client.ts";
import { openPanel } from "./open-panel.ts";
import { present } from "./report.ts";
import { statusText } from "./terminal-table.ts";

interface LaunchOptions extends JsonOption {
  readonly provider?: string;
  readonly profile?: string;
  readonly name?: string;
  readonly session?: string;
  readonly cwd?: string;
  readonly worktree?: string;
  readonly prompt?: string;
  readonly label?: string[];
  readonly resume?: string;
  readonly attach?: boolean;
  readonly panel?: boolean;
}

export function build(context: Context, { tail }: CommandExtras): Command {
  return command("launch", "Start one agent, or what is missing of a team file", [
    "launch team.yaml",
    "launch --provider claude-code --profile developer --name dev",
    'launch --provider codex --worktree feature-cart --prompt "Read TASKS.md and wait."',
    "launch --provider claude-code --name dev --attach -- --model opus",
  ])
    .argument("[team.yaml]", "a team file; launching it again starts only what is missing")
    .usage("[options] [team.yaml] [-- args for the agent's CLI]")
    .option("-p, --provider <name>", "the agent's CLI (conductor provider list)")
    .option("-r, --profile <name>", "its role (conductor profile list)")
    .option("-n, --name <name>", "what to call it; made up where it is missing")
    .option("-s, --session <name>", "the tmux session it belongs to")
    .option("-C, --cwd <folder>", "where it works; else here")
    .option("-w, --worktree <branch>", "give it a git worktree of its own on this branch")
    .option("--prompt <text>", "its first message")
    .option("-l, --label <label>", "a label to send by; may be repeated", collect)
    .option("--resume <id>", "go on with a conversation that its CLI knows")
    .option("--attach", "watch it right away")
    .option("--no-attach", "only start it (the default)")
    .option("--panel", "open the side pane with approvals and status (the default)")
    .option("--no-panel", "no side pane")
    .action((team: string | undefined, options: LaunchOptions) =>
      run(context, { team, options, tail }),
    );
}

interface Launch {
  readonly team: string | undefined;
  readonly options: LaunchOptions;
  readonly tail: readonly string[];
}

async function run(context: Context, launch: Launch): Promise<void> {
  const asked = launch.team === undefined ? oneAgent(context, launch) : undefined;
  const team = launch.team === undefined ? undefined : teamFile(context, launch);
  const client = await openClient(context);
  const outcome =
    team === undefined ? await launchOne(client, asked) : await client.launchTeam(team);
  present(context, launch.options.json, outcome, () => outcomeText(outcome));
  const first = outcome.launched[0] ?? outcome.kept[0];
  if (launch.options.panel !== false && first !== undefined) {
    await openPanel(context, client, first.session);
  }
  if (launch.options.attach === true && first !== undefined) {
    await runAttach(context, client, { ref: first.id, readOnly: false, keepSize: false });
  }
  if (outcome.failed.length > 0) throw new Exit(1);
}

async function launchOne(client: Client, asked: LaunchRequest | undefined): Promise<LaunchOutcome> {
  if (asked === undefined) throw new Error("neither a team nor an agent was asked for");
  return client.launch(asked);
}

function oneAgent(context: Context, { options, tail }: Launch): LaunchRequest {
  if (options.provider === undefined && options.profile === undefined) {
    throw new ConductorError("usage.invalid", "launch needs a team file, --provider or --profile", {
      hint: "conductor launch --provider claude-code --name dev",
    });
  }
  const { provider, profile, name, session, worktree, prompt, label, resume } = options;
  return {
    cwd: folder(context, options.cwd ?? "."),
    env: agentEnvironment(context.env),
    ...(provider === undefined ? {} : { provider }),
    ...(profile === undefined ? {} : { profile }),
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
    ...(worktree === undefined ? {} : { worktree }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(label === undefined ? {} : { labels: label }),
    ...(resume === undefined ? {} : { resume }),
    ...(tail.length === 0 ? {} : { args: [...tail] }),
  };
}

function folder(context: Context, path: string): string {
  const home = context.env["HOME"] ?? homedir();
  return resolve(context.cwd, path === "~" || path.startsWith("~/") ? home + path.slice(1) : path);
}

const TEAM_ALONE = ["provider", "profile", "name", "cwd", "worktree", "prompt", "resume"] as const;

function teamFile(
  context: Context,
  { team, options, tail }: Launch,
): { text: string; file: string; env: Record<string, string> } {
  const stray = TEAM_ALONE.find((option) => options[option] !== undefined);
  if (stray !== undefined || tail.length > 0) {
    const what = stray === undefined ? "arguments behind --" : `--${stray}`;
    throw new ConductorError("usage.invalid", `${what} and a team file do not go together`, {
      hint: "write it into the team file",
    });
  }
  const file = folder(context, team ?? "");
  try {
    return { text: readFileSync(file, "utf8"), file, env: agentEnvironment(context.env) };
  } catch (error) {
    throw new ConductorError("not_found", `the team file ${file} cannot be read`, {
      cause: error,
      hint: "conductor init writes one to start from",
    });
  }
}

function outcomeText(outcome: LaunchOutcome): string {
  const line = (word: string, name: string, rest: string): string =>
    `${word.padEnd(9)}${printableLine(name)}  ${printableLine(rest)}\n`;
  return [
    `session ${printableLine(outcome.session)}\n`,
    ...outcome.launched.map((each) =>
      line("launched", each.name, `${each.provider}, ${statusText(each)}`),
    ),
    ...outcome.kept.map((each) => line("kept", each.name, `${each.provider}, ${statusText(each)}`)),
    ...outcome.failed.map((each) =>
      line("failed", each.name, each.message + (each.hint === null ? "" : ` (${each.hint})`)),
    ),
  ].join("");
}
