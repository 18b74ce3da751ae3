// A scripted model behind the Anthropic Messages API, for running a real agent CLI without a model.
//   node tests/support/model-server.ts --log FILE [--port N]
// Listens on loopback only, says `{"port":N}` on its first line, and appends a JSON line per request.
// The newest words of the user choose the answer:
//   do:run CMD    a Bash call with CMD        do:hold      text of which the end waits for SIGUSR2
//   do:tool NAME JSON   a call of that tool
//   do:http CODE  that HTTP error             otherwise    ACK with the text's length and sha256
//   do:lines N    `manyLines(N)`: code, a table and wide characters
// A tool's result is answered with `TOOL-DONE <its first words>`.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";

/** What the log tells of one request; `texts` are all text blocks of the user's newest message. */
export interface ModelRequest {
  readonly at: number;
  readonly path: string;
  readonly tools: number;
  readonly texts: readonly string[];
  readonly user: string;
  readonly toolResult: string | null;
}

type Block = Readonly<Record<string, unknown>>;
type Answer =
  | { readonly kind: "text"; readonly text: string; readonly held: boolean }
  | { readonly kind: "call"; readonly tool: string; readonly input: Block }
  | { readonly kind: "error"; readonly code: number };

const isRecord = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const records = (value: unknown): Block[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const plain = (value: unknown): string =>
  typeof value === "string"
    ? value
    : records(value)
        .map((block) => plain(block["text"] ?? block["content"] ?? ""))
        .join("\n");

// The CLI sends reminders of its own as text blocks beside the user's words.
const isReminder = (text: string): boolean => /^\s*<[a-z][\w-]*>/.test(text);

/** A long paste comes in an element that says so; what the user wrote stands inside. */
const unwrapped = (text: string): string =>
  text.match(/^\s*<pasted_content id="(\w+)">\n([\s\S]*)\n<\/pasted_content id="\1">\s*$/)?.[2] ??
  text;

function read(path: string, body: Block): ModelRequest {
  const newest = records(body["messages"]).findLast((message) => message["role"] === "user");
  const content = newest?.["content"];
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : records(content);
  const texts = blocks.filter((block) => block["type"] === "text").map((b) => plain(b["text"]));
  const result = blocks.findLast((block) => block["type"] === "tool_result");
  return {
    at: Date.now(),
    path,
    tools: records(body["tools"]).length,
    texts,
    user: unwrapped(texts.findLast((text) => !isReminder(text)) ?? ""),
    toolResult: result ? plain(result["content"]) : null,
  };
}

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

const sentence = "The quick brown fox jumps over the lazy dog. ";

/** A request without tools is a side question of the CLI (a title, a topic), never the user's. */
function choose({ tools, user, toolResult }: ModelRequest): Answer {
  const say = (text: string, held = false): Answer => ({ kind: "text", text, held });
  const call = (tool: string, input: Block): Answer => ({ kind: "call", tool, input });
  if (tools === 0) return say("Scripted task");
  const [, order, value = ""] = user.match(/do:(run|tool|http)[ \t]+([^\n]+)/) ?? [];
  if (toolResult !== null && order === undefined)
    return say(`TOOL-DONE ${toolResult.replace(/\s+/g, " ").slice(0, 100)}`);
  if (user.includes("do:hold")) return say(`HOLD-BEGIN\n\n${sentence.repeat(6)}\n\nHOLD-END`, true);
  const [, lines] = user.match(/do:lines (\d+)/) ?? [];
  if (lines !== undefined) return say(manyLines(Number(lines)));
  if (order === "run") return call("Bash", { command: value, description: "a scripted command" });
  if (order === "tool") {
    const [, tool = "", json = "{}"] = value.match(/^(\S+)\s+(\{.*\})$/) ?? [];
    const input: Block = JSON.parse(json);
    return call(tool, input);
  }
  if (order === "http") return { kind: "error", code: Number(value) };
  const sha256 = createHash("sha256").update(user).digest("hex");
  return say(`ACK bytes=${Buffer.byteLength(user)} sha256=${sha256}`);
}

const id = (prefix: string): string => `${prefix}_${randomBytes(9).toString("hex")}`;

function* blocksOf(answer: Exclude<Answer, { kind: "error" }>): Generator<[Block, Block[]]> {
  const text = answer.kind === "text" ? answer.text : "I will run a command.";
  const pieces = text.match(/(?:\S+\s*){1,4}/g) ?? [text];
  yield [{ type: "text", text: "" }, pieces.map((piece) => ({ type: "text_delta", text: piece }))];
  if (answer.kind !== "call") return;
  const { tool, input } = answer;
  yield [
    { type: "tool_use", id: id("toolu"), name: tool, input: {} },
    [{ type: "input_json_delta", partial_json: JSON.stringify(input) }],
  ];
}

async function stream(response: ServerResponse, answer: Exclude<Answer, { kind: "error" }>) {
  const send = (type: string, data: Block): boolean =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": id("req") });
  const usage = { input_tokens: 100, output_tokens: 1 };
  const message = { id: id("msg"), type: "message", role: "assistant", model: "scripted" };
  send("message_start", {
    message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage },
  });
  let index = 0;
  for (const [block, deltas] of blocksOf(answer)) {
    send("content_block_start", { index, content_block: block });
    for (const [number, delta] of deltas.entries()) {
      if (answer.kind === "text" && answer.held && number === deltas.length - 1)
        await once(process, "SIGUSR2");
      send("content_block_delta", { index, delta });
    }
    send("content_block_stop", { index });
    index += 1;
  }
  const stop_reason = answer.kind === "call" ? "tool_use" : "end_turn";
  send("message_delta", {
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 50 },
  });
  send("message_stop", {});
  response.end();
}

function reply(response: ServerResponse, status: number, body: Block): void {
  response.writeHead(status, { "content-type": "application/json", "retry-after": "1" });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Block> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || "{}");
  return isRecord(body) ? body : {};
}

async function serve(request: IncomingMessage, response: ServerResponse, log: string) {
  const path = new URL(request.url ?? "/", "http://loopback").pathname;
  if (request.method !== "POST") return reply(response, 200, {});
  const body = await bodyOf(request);
  if (path.endsWith("/count_tokens")) return reply(response, 200, { input_tokens: 100 });
  if (!path.endsWith("/messages")) return reply(response, 404, {});
  const seen = read(path, body);
  appendFileSync(log, `${JSON.stringify(seen)}\n`);
  const answer = choose(seen);
  if (answer.kind !== "error") return stream(response, answer);
  const error = { type: "api_error", message: `scripted error ${answer.code}` };
  return reply(response, answer.code, { type: "error", error });
}

function main(): void {
  const { values } = parseArgs({
    options: { log: { type: "string" }, port: { type: "string", default: "0" } },
  });
  const log = values.log;
  if (log === undefined) throw new Error("usage: model-server.ts --log FILE [--port N]");
  // One that comes before anything is held must not end us.
  process.on("SIGUSR2", () => undefined);
  const server = createServer((request, response) => {
    serve(request, response, log).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.listen(Number(values.port), "127.0.0.1", () => {
    const address = server.address();
    if (isRecord(address)) console.log(JSON.stringify({ port: address["port"] }));
  });
}

if (import.meta.main) main();
