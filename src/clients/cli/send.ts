import { type Command, Option } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printable, printableLine } from "../../base/printable.ts";
import type { MessageMode, MessageView, SendRequest } from "../../contract/messages.ts";
import type { Client } from "../link/client.ts";
import { command, duration, type JsonOption, oneOf } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { readAll } from "./read-text.ts";
import { present } from "./report.ts";

interface SendOptions extends JsonOption {
  readonly all?: boolean;
  readonly label?: string;
  readonly session?: string;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly mode?: MessageMode;
  readonly ttl?: number;
  readonly key?: string;
}

export function build(context: Context): Command {
  return command("send", "Send an agent a message; it is typed when the agent can take it", [
    'send dev "please run the tests"',
    'send dev --wait --timeout 10m "what failed?"',
    "git diff | conductor send check -",
    'send --label code "stop after this step"',
  ])
    .usage("[options] <name> <text... | ->")
    .argument(
      "[words...]",
      "whom (not with --all or --label), then the text; - reads it from stdin",
    )
    .option("--all", "to every agent")
    .option("-l, --label <label>", "to every agent with this label")
    .option("-s, --session <name>", "with --all and --label: only in this session")
    .option("-w, --wait", "wait for the turn it starts and print the agent's answer")
    .addOption(
      new Option("-t, --timeout <time>", "with --wait: how long")
        .argParser(duration)
        .default(30 * 60_000, "30m"),
    )
    .option("-m, --mode <mode>", "when-idle or interrupt", oneOf(["when-idle", "interrupt"]))
    .option("--ttl <time>", "give up when it is not delivered by then", duration)
    .option("-k, --key <key>", "a second message with the same key is the same message")
    .action((words: string[], options: SendOptions) => run(context, words, options));
}

async function run(context: Context, words: string[], options: SendOptions): Promise<void> {
  const asked = await requestOf(context, words, options);
  const client = await openClient(context);
  const sent = await client.send(asked);
  if (options.wait !== true) {
    present(context, options.json, sent, () => sent.map(sentLine).join("\n"));
    return;
  }
  const deadline = Date.now() + options.timeout;
  const working = Promise.all(
    sent.map((message) => result({ context, client, message, deadline })),
  );
  const settled = await withProgress(context.stderr, () => waitingText(sent), working).catch(
    (error: unknown) => {
      if (context.signal.aborted && options.json !== true) context.stderr.write(leftText(sent));
      throw error;
    },
  );
  present(context, options.json, settled, () => answersText(settled));
  const bad = settled.filter((message) => message.turn?.state !== "completed");
  if (bad.length === 0) return;
  if (options.json !== true) for (const message of bad) context.stderr.write(complaint(message));
  throw new Exit(1);
}

async function requestOf(
  context: Context,
  words: readonly string[],
  options: SendOptions,
): Promise<SendRequest> {
  const { all, label, session, mode, ttl, key } = options;
  const toMany = all === true || label !== undefined;
  const [to, ...rest] = toMany ? [undefined, ...words] : words;
  if (!toMany && to === undefined) throw usage("send needs a terminal's name and a text");
  if (rest.length === 0) throw usage("send needs a text, or - to read it from stdin");
  const body = rest.length === 1 && rest[0] === "-" ? await readAll(context) : rest.join(" ");
  if (body.trim() === "") throw usage("the text is empty");
  return {
    body,
    ...(to === undefined ? {} : { to }),
    ...(all === true ? { all } : {}),
    ...(label === undefined ? {} : { label }),
    ...(session === undefined ? {} : { session }),
    ...(mode === undefined ? {} : { mode }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
    ...(key === undefined ? {} : { dedupeKey: key }),
  };
}

function usage(message: string): ConductorError {
  return new ConductorError("usage.invalid", message, { hint: 'conductor send dev "please …"' });
}

interface Waiting {
  readonly context: Context;
  readonly client: Client;
  readonly message: MessageView;
  readonly deadline: number;
}

const ONE_WAIT_MS = 20_000;

/** Asks until the turn has ended, also across a restart of the daemon: the message is durable. */
async function result(waiting: Waiting): Promise<MessageView> {
  let { client, message } = waiting;
  while (!hasEnded(message)) {
    const left = waiting.deadline - Date.now();
    if (left <= 0) throw tooLate(message);
    try {
      message = await client.messageResult(message.id, Math.min(left, ONE_WAIT_MS));
    } catch (error) {
      const isAway = error instanceof ConductorError && error.code === "daemon.unreachable";
      if (!isAway || waiting.context.signal.aborted) throw error;
      client = await openClient(waiting.context);
    }
  }
  return message;
}

function hasEnded(message: MessageView): boolean {
  const neverArrives = ["failed", "expired", "cancelled"].includes(message.state);
  return neverArrives || (message.turn !== null && message.turn.endedAt !== null);
}

function tooLate(message: MessageView): ConductorError {
  const why = message.reason === null ? "" : ` (${message.reason})`;
  return new ConductorError(
    "timeout",
    `${message.toName} has not answered ${message.id} in time; it is ${message.state}${why}`,
    { hint: `conductor inbox show ${message.id}` },
  );
}

function sentLine(message: MessageView): string {
  const why = message.reason === null ? "" : `, ${message.reason}`;
  return printableLine(`${message.state} for ${message.toName}  ${message.id}${why}`);
}

function waitingText(sent: readonly MessageView[]): string {
  return printableLine(`waiting for ${sent.map(({ toName }) => toName).join(", ")}`);
}

/** Whoever stops waiting is told that the messages go on. */
function leftText(sent: readonly MessageView[]): string {
  return sent
    .map(({ id, toName }) => `no longer waiting for ${toName}; conductor inbox show ${id}\n`)
    .map(printable)
    .join("");
}

/** One answer stands alone; of several each says whose it is. */
function answersText(settled: readonly MessageView[]): string {
  const [only, more] = settled;
  if (only !== undefined && more === undefined) return answerText(only);
  return settled
    .filter((message) => message.turn?.result != null)
    .map((message) => `${printableLine(message.toName)}:\n${answerText(message)}\n`)
    .join("\n");
}

function answerText(message: MessageView): string {
  return printable(message.turn?.result?.text ?? "");
}

function complaint(message: MessageView): string {
  const what =
    message.turn === null ? `the message ${message.state}` : `the turn ${message.turn.state}`;
  const why = message.reason === null ? "" : `: ${message.reason}`;
  return printable(
    `error: ${message.toName}: ${what}${why}\nhint: conductor why ${message.toName}\n`,
  );
}
