import type { Command } from "commander";
import { printable, printableLine } from "../../base/printable.ts";
import type { Attempt, MessageView } from "../../contract/messages.ts";
import type { Client } from "../link/client.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return command("inbox", "List messages and where they stand", [
    "inbox",
    "inbox dev",
    "inbox show m_0192ab",
    "inbox cancel m_0192ab",
  ])
    .argument("[name]", "only those to this terminal")
    .action(async (to: string | undefined, options: JsonOption) => {
      const client = await openClient(context);
      const messages = await client.messages({ to });
      const text = await listText(context, messages, await senders(client, messages));
      present(context, options.json, messages, () => text);
    })
    .addCommand(showCommand(context))
    .addCommand(cancelCommand(context));
}

function showCommand(context: Context): Command {
  return command("show", "Show one message, its attempts and its receipt", ["inbox show m_0192ab"])
    .argument("<id>", "a message's id, or the start of it")
    .action(async (id: string, options: JsonOption, self: Command) => {
      const client = await openClient(context);
      const message = await client.message(id);
      const from = (await senders(client, [message]))(message);
      const now = Date.now();
      present(context, wantsJson(options, self), message, () => messageText(message, from, now));
    });
}

function cancelCommand(context: Context): Command {
  return command("cancel", "Take back a message that is not typed yet", ["inbox cancel m_0192ab"])
    .argument("<id>", "a message's id, or the start of it")
    .action(async (id: string, options: JsonOption, self: Command) => {
      const client = await openClient(context);
      const message = await client.cancelMessage(id);
      present(context, wantsJson(options, self), message, () => `cancelled ${message.id}`);
    });
}

/** The group takes `--json` too, and commander gives it to whichever reads it first. */
function wantsJson(options: JsonOption, self: Command): boolean {
  return options.json === true || self.parent?.opts<JsonOption>().json === true;
}

/** In front of a terminal's id, where an agent is the sender. */
const AGENT = "agent:";

type NameSender = (message: MessageView) => string;

/** Who sent each, in a person's words: an agent's name instead of its terminal's id. */
async function senders(client: Client, messages: readonly MessageView[]): Promise<NameSender> {
  const isAsked = messages.some(({ from }) => from.startsWith(AGENT));
  const terminals = isAsked ? await client.terminals({ all: true }) : [];
  const names = new Map(terminals.map(({ id, name }) => [`${AGENT}${id}`, name]));
  return ({ from }) => names.get(from) ?? from;
}

async function listText(
  context: Context,
  messages: readonly MessageView[],
  nameOf: NameSender,
): Promise<string> {
  if (messages.length === 0) return "no messages\n";
  const now = Date.now();
  const ids = shortIds(messages.map(({ id }) => id));
  const rows = messages.map((message, at) => [
    ids[at] ?? message.id,
    printableLine(nameOf(message)),
    printableLine(message.toName),
    stateText(message),
    age(message.createdAt, now),
    firstLine(message.body),
  ]);
  const head = ["ID", "FROM", "TO", "STATE", "AGE", "TEXT"];
  const look = tableLook(context.env, context.stdout);
  return table([head, ...rows], {
    ...look,
    cut: [
      [3, 5],
      [1, 2],
    ],
  });
}

/** The prefix and the millisecond of an id. */
const LEAST_ID = "m_0192abcd1234".length;

/** As much of each as tells them apart; the start of an id is enough wherever one is asked for. */
function shortIds(ids: readonly string[]): string[] {
  let length = LEAST_ID;
  while (new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length += 1;
  return ids.map((id) => id.slice(0, length));
}

function stateText(message: MessageView): string {
  const why = message.reason ?? message.receipt;
  return printableLine(why === null ? message.state : `${message.state} (${why})`);
}

const SHOWN_CHARACTERS = 60;

function firstLine(body: string): string {
  const characters = Array.from(body.split("\n", 1)[0] ?? "");
  const isCut = characters.length > SHOWN_CHARACTERS || body.includes("\n");
  const shown = printableLine(characters.slice(0, SHOWN_CHARACTERS).join(""));
  return isCut ? `${shown} …` : shown;
}

function messageText(message: MessageView, from: string, now: number): string {
  const facts: [string, string | null][] = [
    ["id", message.id],
    ["from", from === message.from ? from : `${from} (${message.from.slice(AGENT.length)})`],
    ["to", `${message.toName} (${message.to})`],
    ["state", message.state],
    ["reason", message.reason],
    ["receipt", message.receipt],
    ["mode", message.mode],
    ["sent", `${age(message.createdAt, now)} ago`],
    ["expires", expiryText(message, now)],
    ["key", message.dedupeKey],
    ["turn", message.turn === null ? null : `${message.turn.state} (${message.turn.id})`],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(9)}${printableLine(value)}`],
  );
  const attempts = message.attempts.map((attempt) => `attempt  ${attemptText(attempt)}`);
  const answer = message.turn?.result ?? undefined;
  const said =
    answer === undefined
      ? ""
      : `\nanswer (${SOURCES[answer.source]}):\n${printable(answer.text)}\n`;
  return `${[...lines, ...attempts].join("\n")}\n\n${printable(message.body)}\n${said}`;
}

/** A screen wraps, and shows only what fits: what was read from one may not be whole. */
const SOURCES = {
  hook: "as the agent's hook told it",
  transcript: "as it stands in the agent's session file",
  screen: "as read from the screen",
} as const;

/** What has arrived, or never will, expires no more. */
function expiryText({ state, expiresAt }: MessageView, now: number): string | null {
  const isOpen = state === "queued" || state === "delivering";
  return isOpen && expiresAt !== null ? `in ${age(now, expiresAt)}` : null;
}

function attemptText(attempt: Attempt): string {
  const typed =
    attempt.typedAt === null
      ? "not typed"
      : `typed after ${attempt.typedAt - attempt.startedAt} ms`;
  const ended = attempt.outcome ?? "under way";
  const note = attempt.note === null ? "" : `, ${attempt.note}`;
  return printableLine(`${attempt.fence}: ${typed}, ${ended}${note}`);
}
