// A scripted model behind the APIs of several vendors, for running a real agent CLI without a model.
//   node tests/support/model-server.ts --log FILE [--port N]
// Listens on loopback only, says `{"port":N}` on its first line, and appends a JSON line per request.
// The newest words of the user choose the answer:
//   do:run CMD    a call of its shell tool with CMD   do:hold   text of which the end waits for SIGUSR2
//   do:late CMD   the same, but the call waits for SIGUSR2
//   do:tool NAME JSON   a call of that tool
//   do:http CODE  that HTTP error             otherwise    ACK with the text's length and sha256
//   do:lines N    `manyLines(N)`: code, a table and wide characters
// A tool's result is answered with `TOOL-DONE <its first words>`.
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { anthropicMessages } from "./model-anthropic.ts";
import { openaiChat } from "./model-chat.ts";
import { geminiApi } from "./model-gemini.ts";
import { openaiResponses } from "./model-responses.ts";
import {
  type Block,
  choose,
  id,
  isRecord,
  type ModelApi,
  type ModelRequest,
  type Said,
} from "./model-script.ts";

const apis: readonly ModelApi[] = [anthropicMessages, openaiResponses, openaiChat, geminiApi];

async function stream(
  response: ServerResponse,
  api: ModelApi,
  answer: Said,
  body: Block,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": id("req") });
  for (const { type, data, held } of api.events(answer, body)) {
    if (held === true) await once(process, "SIGUSR2");
    const event = type === undefined ? "" : `event: ${type}\n`;
    const text = typeof data === "string" ? data : JSON.stringify(data);
    response.write(`${event}data: ${text}\n\n`);
  }
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
  if (path.endsWith(":countTokens")) return reply(response, 200, { totalTokens: 100 });
  const api = apis.find((each) => each.path.test(path));
  if (api === undefined) return reply(response, 404, {});
  const seen: ModelRequest = { at: Date.now(), path, ...api.read(body) };
  appendFileSync(log, `${JSON.stringify(seen)}\n`);
  const answer = choose(seen);
  if (answer.kind === "error") return reply(response, answer.code, api.error(answer.code));
  const whole = api.whole?.(answer, { path, body });
  return whole === undefined ? stream(response, api, answer, body) : reply(response, 200, whole);
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
