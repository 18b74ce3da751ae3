/** What the scripted model answers, whatever API it is asked by. */
import { createHash, randomBytes } from "node:crypto";

/** What the log tells of one request; `texts` are all text blocks of the user's newest message. */
export interface ModelRequest {
  readonly at: number;
  readonly path: string;
  readonly tools: number;
  readonly texts: readonly string[];
  readonly user: string;
  readonly toolResult: string | null;
  /** What stands in the conversation before, the user's and the model's; where the API sends it. */
  readonly earlier?: readonly string[];
}

export type Block = Readonly<Record<string, unknown>>;
export type Answer =
  | { readonly kind: "text"; readonly text: string; readonly held: boolean }
  /** Of the CLI's own shell tool, whatever it is called. */
  | { readonly kind: "run"; readonly command: string; readonly held: boolean }
  | { readonly kind: "call"; readonly tool: string; readonly input: Block }
  | { readonly kind: "error"; readonly code: number };

export type Said = Exclude<Answer, { kind: "error" }>;

/** One vendor's way to ask a model and to be answered. */
export interface ModelApi {
  /** The end of its path. */
  readonly path: RegExp;
  read(body: Block): Pick<ModelRequest, "tools" | "texts" | "user" | "toolResult" | "earlier">;
  /** The events of the answer, in order. */
  events(answer: Said, body: Block): Iterable<ModelEvent>;
  /** The answer in one piece, where it is asked for so. */
  whole?(answer: Said, asked: { readonly path: string; readonly body: Block }): Block | undefined;
  error(code: number): Block;
}

export interface ModelEvent {
  readonly type?: string;
  readonly data: Block | string;
  /** It waits for the release of a held answer. */
  readonly held?: boolean;
}

export const isRecord = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const records = (value: unknown): Block[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

export const plain = (value: unknown): string =>
  typeof value === "string"
    ? value
    : records(value)
        .map((block) => plain(block["text"] ?? block["content"] ?? ""))
        .join("\n");

// A CLI sends reminders of its own as text blocks beside the user's words.
const isReminder = (text: string): boolean => /^\s*<[a-z][\w-]*>/.test(text);

/** A long paste comes in an element that says so; what the user wrote stands inside. */
const unwrapped = (text: string): string =>
  text.match(/^\s*<pasted_content id="(\w+)">\n([\s\S]*)\n<\/pasted_content id="\1">\s*$/)?.[2] ??
  text;

export const newestWords = (texts: readonly string[]): string =>
  unwrapped(texts.findLast((text) => !isReminder(text)) ?? "");

export const id = (prefix: string): string => `${prefix}_${randomBytes(9).toString("hex")}`;

export const piecesOf = (text: string): string[] => text.match(/(?:\S+\s*){1,4}/g) ?? [text];

/** An answer of so many lines, each another one. */
export function manyLines(count: number): string {
  const last = Math.max(0, count - 9);
  const body = Array.from(
    { length: last },
    (_, n) => `- line ${n} 日本語 👩‍👩‍👧 of a list that is wide ${"x".repeat(n % 200)}`,
  );
  const end = [
    "",
    "```ts",
    "const a = `b`;",
    "\treturn  a;",
    "```",
    "",
    "| a | b |",
    "|---|---|",
    "| 1 | 行 |",
  ];
  return [...body, ...end].join("\n");
}

/** What is said, and in which pieces. */
export function wordsOf(answer: Said): { readonly pieces: string[]; readonly held: boolean } {
  const isText = answer.kind === "text";
  const pieces = piecesOf(isText ? answer.text : "I will use a tool.");
  return { pieces, held: answer.kind !== "call" && answer.held };
}

const sentence = "The quick brown fox jumps over the lazy dog. ";

/** A request without tools is a side question of the CLI (a title, a topic), never the user's. */
export function choose({ tools, user, toolResult }: ModelRequest): Answer {
  const say = (text: string, held = false): Answer => ({ kind: "text", text, held });
  if (tools === 0) return say("Scripted task");
  const [, order, value = ""] = user.match(/do:(run|late|tool|http)[ \t]+([^\n]+)/) ?? [];
  if (toolResult !== null && order === undefined)
    return say(`TOOL-DONE ${toolResult.replace(/\s+/g, " ").slice(0, 100)}`);
  if (user.includes("do:hold")) return say(`HOLD-BEGIN\n\n${sentence.repeat(6)}\n\nHOLD-END`, true);
  const [, lines] = user.match(/do:lines (\d+)/) ?? [];
  if (lines !== undefined) return say(manyLines(Number(lines)));
  if (order === "run" || order === "late")
    return { kind: "run", command: value, held: order === "late" };
  if (order === "tool") {
    const [, tool = "", json = "{}"] = value.match(/^(\S+)\s+(\{.*\})\s*$/) ?? [];
    const input: Block = JSON.parse(json);
    return { kind: "call", tool, input };
  }
  if (order === "http") return { kind: "error", code: Number(value) };
  const sha256 = createHash("sha256").update(user).digest("hex");
  return say(`ACK bytes=${Buffer.byteLength(user)} sha256=${sha256}`);
}
