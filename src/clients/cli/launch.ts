import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { agentEnvironment } from "../../base/environment.ts";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { GateLevel } from "../../contract/decisions.ts";
import type {
  ConnectorKind,
  LaunchOutcome,
  LaunchRequest,
  TerminalView,
} from "../../contract/terminals.ts";
import type { Client } from "../link/client.ts";
import { runAttach } from "./attach.ts";
import { collect, command, type JsonOption } from "./command.ts";
import type { CommandExtras } from "./command-entry.ts";
import { type Context, Exit } from "./context.ts";
import { openClient } from "./open-client.ts";
import { openPanel } from "./open-panel.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";
import { statusText } from "./terminal-table.ts";

interface LaunchOptions extends JsonOption {
  readonly provider?: string;
  readonly profile?: string;
  readonly agent?: string;
  readonly name?: string;
  readonly session?: string;
  readonly cwd?: string;
  readonly worktree?: string;
  readonly prompt?: string;
  readonly label?: string[];
  readonly resume?: string | true;
  readonly gate?: GateLevel;
  readonly network?: "off";
  readonly connector?: ConnectorKind;
  readonly attach?: boolean;
  readonly panel?: boolean;
}

export function build(context: Context, { tail }: CommandExtras): Command {
  return command("launch", "Start one agent, or what is missing of a team file", [
    "launch",
    "launch team.yaml",
    "launch team.yaml --resume",
    "launch --provider claude-code --profile developer --name dev",
    'launch --provider codex --worktree feature-cart --prompt "Read TASKS.md and wait."',
    "launch --provider claude-code --name dev --attach -- --model opus",
  ])
    .argument("[team.yaml]", "a team file, else .ai/team.yaml; again starts only what is missing")
    .usage("[options] [team.yaml] [-- args for the agent's CLI]")
    .option("-p, --provider <name>", "the agent's CLI (conductor provider list)")
    .option("-r, --profile <name>", "its role (conductor profile list)")
    .option("-a, --agent <name>", "a registered agent (conductor ai list)")
    .option("-n, --name <name>", "what to call it; made up where it is missing")
    .option("-s, --session <name>", "the tmux session it belongs to")
    .option("-C, --cwd <folder>", "where it works; else here")
    .option("-w, --worktree <branch>", "give it a git worktree of its own on this branch")
    .option("--prompt <text>", "its first message")
    .option("-l, --label <label>", "a label to send by; may be repeated", collect)
    .option("--resume [id]", "go on where each was; for one agent also with that conversation")
    .addOption(
      new Option("--gate <level>", "what stands before its commands, where it is stricter").choices(
        GATE_LEVELS,
      ),
    )
    .addOption(
      new Option("--network <off>", "contained, with no way out but to conductor").choices(["off"]),
    )
    .addOption(
      new Option("--connector <how>", "how it is driven; else in a pane").choices(CONNECTORS),
    )
    .option("--attach", "watch it right away")
    .option("--no-attach", "only start it (the default)")
    .option("--panel", "open the side pane with approvals and status (the default)")
    .option("--no-panel", "no side pane")
    .action((team: string | undefined, options: LaunchOptions) =>
      run(context, { team, options, tail }),
    );
}

/** Written out: the schema that knows them loads zod. */
const GATE_LEVELS: readonly GateLevel[] = ["observe", "guard", "contain"];

const CONNECTORS: readonly ConnectorKind[] = ["tmux", "headless", "acp"];

/** What `conductor init` writes. */
const STARTER = ".ai/team.yaml";

interface Launch {
  readonly team: string | undefined;
  readonly options: LaunchOptions;
  readonly tail: readonly string[];
}

async function run(context: Context, launch: Launch): Promise<void> {
  const { provider, profile, agent } = launch.options;
  const isOne = launch.team === undefined && (provider ?? profile ?? agent) !== undefined;
  const start = isOne ? oneAgent(context, launch) : wholeTeam(context, launch);
  const client = await openClient(context);
  const outcome = await withProgress(context.stderr, () => "launching", start(client));
  present(context, launch.options.json, outcome, () => outcomeText(outcome, launch.options));
  const first = outcome.launched[0] ?? outcome.kept[0];
  // Beside an agent without a pane there is nothing to stand.
  if (launch.options.panel !== false && first !== undefined && first.connector === undefined) {
    await openPanel(context, client, first.session);
  }
  if (launch.options.attach === true && first !== undefined) {
    await runAttach(context, client, { ref: first.id, readOnly: false, keepSize: false });
  }
  if (outcome.failed.length > 0) throw new Exit(1);
}

type Start = (client: Client) => Promise<LaunchOutcome>;

function oneAgent(context: Context, { options, tail }: Launch): Start {
  const {
    provider,
    profile,
    agent,
    name,
    session,
    worktree,
    prompt,
    label,
    resume,
    gate,
    network,
    connector,
  } = options;
  const asked: LaunchRequest = {
    cwd: folder(context, options.cwd ?? "."),
    env: agentEnvironment(context.env),
    ...(provider === undefined ? {} : { provider }),
    ...(profile === undefined ? {} : { profile }),
    ...(agent === undefined ? {} : { agent }),
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
    ...(worktree === undefined ? {} : { worktree }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(label === undefined ? {} : { labels: label }),
    ...(resume === undefined ? {} : { resume }),
    ...(gate === undefined ? {} : { gate }),
    ...(network === undefined ? {} : { network }),
    ...(connector === undefined ? {} : { connector }),
    ...(tail.length === 0 ? {} : { args: [...tail] }),
  };
  return (client) => client.launch(asked);
}

function folder(context: Context, path: string): string {
  const home = context.env["HOME"] ?? homedir();
  return resolve(context.cwd, path === "~" || path.startsWith("~/") ? home + path.slice(1) : path);
}

const OF_ONE = [
  "provider",
  "profile",
  "agent",
  "name",
  "session",
  "cwd",
  "worktree",
  "prompt",
  "label",
  "gate",
  "network",
  "connector",
] as const;

function wholeTeam(context: Context, launch: Launch): Start {
  const { options, tail } = launch;
  // Behind --resume a team file looks like an id.
  const isBehind = launch.team === undefined && typeof options.resume === "string";
  const given = isBehind ? options.resume : launch.team;
  const file = folder(context, given ?? STARTER);
  if (!existsSync(file)) {
    if (given === undefined) throw nothingToLaunch();
    if (/^[\w-]+$/.test(given)) throw noSuchTeam(given);
  }
  const hasId = typeof options.resume === "string" && !isBehind;
  const stray = hasId ? "resume" : OF_ONE.find((option) => options[option] !== undefined);
  if (stray !== undefined || tail.length > 0) {
    const what = stray === undefined ? "arguments behind --" : `--${stray}`;
    throw new ConductorError("usage.invalid", `${what} and a team file do not go together`, {
      hint:
        given === undefined ? "add --provider to launch one agent" : "write it into the team file",
    });
  }
  const resume = options.resume !== undefined;
  const asked = { text: readTeam(file), file, resume, env: agentEnvironment(context.env) };
  return (client) => client.launchTeam(asked);
}

function nothingToLaunch(): ConductorError {
  return new ConductorError(
    "usage.invalid",
    `launch needs a team file, --provider or --profile; there is no ${STARTER} here`,
    { hint: "conductor launch --provider claude-code --name dev, or first: conductor init" },
  );
}

/** A bare word is more often meant as an agent's CLI. */
function noSuchTeam(word: string): ConductorError {
  return new ConductorError("not_found", `there is no team file ${word} here`, {
    hint: `one agent: conductor launch --provider ${word}; a team: conductor init`,
  });
}

function readTeam(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConductorError("not_found", `the team file ${file} cannot be read`, {
      cause: error,
      hint: "conductor init writes one to start from",
    });
  }
}

function outcomeText(outcome: LaunchOutcome, { attach }: LaunchOptions): string {
  const { launched, kept, failed, resumed, fresh } = outcome;
  const names = [...launched, ...kept, ...failed].map(({ name }) => printableLine(name));
  const width = Math.max(0, ...names.map((name) => name.length)) + 2;
  const line = (word: string, name: string, rest: string): string =>
    `${word.padEnd(10)}${printableLine(name).padEnd(width)}${printableLine(rest)}\n`;
  const first = launched[0] ?? kept[0];
  return [
    `session   ${printableLine(outcome.session)}\n`,
    ...launched.map((each) => {
      const word = resumed.includes(each.name) ? "resumed" : "launched";
      const why = fresh.find(({ name }) => name === each.name)?.why;
      const note = why === undefined ? "" : `, in a new conversation: ${why}`;
      return line(word, each.name, startText(each) + note);
    }),
    ...kept.map((each) => line("runs", each.name, startText(each))),
    ...failed.map((each) => line("failed", each.name, failureText(each))),
    ...(first === undefined || attach === true ? [] : [`next      ${nextCommand(first)}\n`]),
  ].join("");
}

/** Without a pane there is nothing to attach to. */
function nextCommand({ name, connector }: TerminalView): string {
  const shown = printableLine(name);
  return connector === undefined
    ? `conductor attach ${shown}`
    : `conductor send ${shown} --wait "..."`;
}

function startText(terminal: TerminalView): string {
  return `${terminal.provider}, ${statusText(terminal)}`;
}

function failureText({ message, hint }: LaunchOutcome["failed"][number]): string {
  return hint === null ? message : `${message} (${hint})`;
}
