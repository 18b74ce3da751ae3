/** OpenAI Responses, as Codex speaks it. */
import {
  type Answer,
  type Block,
  id,
  type ModelApi,
  type ModelEvent,
  newestWords,
  piecesOf,
  plain,
  records,
} from "./model-script.ts";

export const openaiResponses: ModelApi = {
  path: /\/responses$/,
  read,
  events,
  error: (code) => ({ error: { type: "server_error", message: `scripted error ${code}` } }),
};

function read(body: Block): ReturnType<ModelApi["read"]> {
  const input = records(body["input"]);
  const isResult = (item: Block): boolean => plain(item["type"]).endsWith("_output");
  const texts = input
    .filter((item) => item["role"] === "user")
    .map((item) => plain(item["content"]));
  const newest = input.findLast((item) => item["role"] === "user" || isResult(item));
  const result = newest !== undefined && isResult(newest) ? plain(newest["output"]) : null;
  return {
    tools: records(body["tools"]).length,
    texts,
    user: result === null ? newestWords(texts) : "",
    toolResult: result,
    earlier: texts.slice(0, -1),
  };
}

type Said = Exclude<Answer, { kind: "error" }>;

function* events(answer: Said): Generator<ModelEvent> {
  let sequence_number = 0;
  const event = (type: string, data: Block, held = false): ModelEvent => {
    sequence_number += 1;
    return { type, data: { type, sequence_number, ...data }, held };
  };
  const output: Block[] = [];
  const response = { id: id("resp"), object: "response", model: "scripted", output };
  yield event("response.created", { response: { ...response, status: "in_progress" } });
  const text = answer.kind === "text" ? answer.text : "I will run a command.";
  const part = { type: "output_text", annotations: [] };
  const message = { type: "message", id: id("msg"), role: "assistant" };
  const at = { item_id: message.id, output_index: 0, content_index: 0 };
  yield event("response.output_item.added", {
    output_index: 0,
    item: { ...message, status: "in_progress", content: [] },
  });
  yield event("response.content_part.added", { ...at, part: { ...part, text: "" } });
  const pieces = piecesOf(text);
  for (const [number, delta] of pieces.entries()) {
    const held = answer.kind !== "call" && answer.held && number === pieces.length - 1;
    yield event("response.output_text.delta", { ...at, delta }, held);
  }
  yield event("response.output_text.done", { ...at, text });
  output.push({ ...message, status: "completed", content: [{ ...part, text }] });
  yield event("response.output_item.done", { output_index: 0, item: output[0] });
  if (answer.kind !== "text") {
    const call = callOf(answer);
    output.push(call);
    yield event("response.output_item.added", { output_index: 1, item: call });
    yield event("response.output_item.done", { output_index: 1, item: call });
  }
  const tokens = { input_tokens: 100, output_tokens: 50, total_tokens: 150 };
  yield event("response.completed", {
    response: { ...response, status: "completed", usage: tokens },
  });
}

function callOf(answer: Exclude<Said, { kind: "text" }>): Block {
  const { tool, input } =
    answer.kind === "call" ? answer : { tool: "exec_command", input: { cmd: answer.command } };
  // Tools of an MCP server stand in a namespace of their own.
  const [, namespace, name = tool] = /^(mcp__[^_]+)__(\w+)$/.exec(tool) ?? [];
  const call = { id: id("fc"), call_id: id("call"), name, status: "completed" };
  const within = namespace === undefined ? {} : { namespace };
  return { type: "function_call", ...call, ...within, arguments: JSON.stringify(input) };
}
