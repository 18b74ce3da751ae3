/** What `handoff`, `assign` and `handoffs` share: asking for work, waiting for its outcome, telling it. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { agentEnvironment } from "../../base/environment.ts";
import { ConductorError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import type { HandoffKind, HandoffRequest, HandoffView } from "../../contract/handoffs.ts";
import type { Client } from "../link/client.ts";
import { duration, type JsonOption } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { answerText, complaintText, isOver } from "./handoff-text.ts";
import { openClient } from "./open-client.ts";
import { readText } from "./read-text.ts";
import { present } from "./report.ts";

export interface AskOptions extends JsonOption {
  readonly profile?: string;
  readonly provider?: string;
  readonly session?: string;
  readonly name?: string;
  readonly cwd?: string;
  readonly worktree?: string;
  readonly timeout?: number;
  readonly key?: string;
  readonly fresh?: boolean;
  readonly keep?: boolean;
}

export function withAskOptions(command: Command): Command {
  return command
    .usage("[options] <who> <text... | ->")
    .argument("[words...]", "a running agent or a profile (not with --profile), then the text")
    .option("-r, --profile <name>", "a worker with this role, whatever agent has the name")
    .option("-p, --provider <name>", "the CLI of a worker that is launched")
    .option("-s, --session <name>", "the session that it belongs to")
    .option("-n, --name <name>", "what to call it")
    .option("-C, --cwd <folder>", "where it works; else here")
    .option("-w, --worktree <branch>", "give it a git worktree of its own on this branch")
    .option("-t, --timeout <time>", "stop it when it is not done by then (60m)", duration)
    .option("-k, --key <key>", "the same call again with the same key is the same work")
    .option("--fresh", "launch a worker even where an idle one waits")
    .option("--keep", "leave the worker running afterwards");
}

export interface Asking {
  readonly kind: HandoffKind;
  readonly words: readonly string[];
  readonly options: AskOptions;
}

export async function handOff(
  context: Context,
  client: Client,
  { kind, words, options }: Asking,
): Promise<HandoffView> {
  const { profile, provider, session, name, worktree, timeout, key } = options;
  const to = profile === undefined ? words[0] : undefined;
  const rest = profile === undefined ? words.slice(1) : words;
  const hint = `conductor ${kind === "handoff" ? "handoff" : "assign"} reviewer "please …"`;
  if (profile === undefined && to === undefined)
    throw new ConductorError("usage.invalid", "an agent's or a profile's name is missing", {
      hint,
    });
  const message = await readText(context, rest, hint);
  const isAgent = (context.env["CONDUCTOR_TOKEN"] ?? "") !== "";
  const asked: HandoffRequest = {
    kind,
    message,
    fresh: options.fresh === true,
    keep: options.keep === true,
    ...(to === undefined ? {} : { to }),
    ...(profile === undefined ? {} : { profile }),
    ...(provider === undefined ? {} : { provider }),
    ...(session === undefined ? {} : { session }),
    ...(name === undefined ? {} : { name }),
    ...(worktree === undefined ? {} : { worktree }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(key === undefined ? {} : { key }),
    ...placeOf(context, options, isAgent),
  };
  return client.handOff(asked);
}

/** Where a worker would work, and with what: an agent's inherits from the agent itself. */
function placeOf(
  context: Context,
  { cwd }: AskOptions,
  isAgent: boolean,
): Pick<HandoffRequest, "cwd" | "env"> {
  const place = cwd === undefined && isAgent ? {} : { cwd: expand(context, cwd ?? ".") };
  return isAgent ? place : { ...place, env: agentEnvironment(context.env) };
}

function expand(context: Context, path: string): string {
  const home = context.env["HOME"] ?? homedir();
  return resolve(context.cwd, path === "~" || path.startsWith("~/") ? home + path.slice(1) : path);
}

const ONE_WAIT_MS = 20_000;

/** Asks until it is settled, also across a restart of the daemon: the handoff is durable. */
export async function untilSettled(
  context: Context,
  first: Client,
  asked: HandoffView,
  seen: (handoff: HandoffView) => void,
): Promise<HandoffView> {
  let client = first;
  let handoff = asked;
  while (!isOver(handoff)) {
    try {
      handoff = await client.handoff(asked.id, isShown(context) ? 1_000 : ONE_WAIT_MS);
      seen(handoff);
    } catch (error) {
      const isAway = error instanceof ConductorError && error.code === "daemon.unreachable";
      if (!isAway || context.signal.aborted) throw error;
      client = await openClient(context);
    }
  }
  return handoff;
}

/** A person watches its state change. */
function isShown({ stderr }: Context): boolean {
  return stderr.isTTY === true;
}

export function presentOutcome(
  context: Context,
  json: boolean | undefined,
  outcome: HandoffView,
): void {
  const isDone = outcome.state === "done";
  present(context, json, outcome, () => (isDone ? answerText(outcome) : ""));
  if (isDone) return;
  if (json !== true) context.stderr.write(printable(complaintText(outcome)));
  throw new Exit(1);
}

export function leftText({ id }: HandoffView): string {
  return `it goes on; conductor handoffs result ${id} --wait, or conductor handoffs cancel ${id}\n`;
}
