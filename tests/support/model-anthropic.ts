/** Anthropic Messages. */
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

export const anthropicMessages: ModelApi = {
  path: /\/messages$/,
  read,
  events,
  error: (code) => ({
    type: "error",
    error: { type: "api_error", message: `scripted error ${code}` },
  }),
};

function read(body: Block): ReturnType<ModelApi["read"]> {
  const messages = records(body["messages"]);
  const at = messages.findLastIndex((message) => message["role"] === "user");
  const blocks = contentOf(messages[at]);
  const texts = textsOf(blocks);
  const result = blocks.findLast((block) => block["type"] === "tool_result");
  return {
    tools: records(body["tools"]).length,
    texts,
    user: newestWords(texts),
    toolResult: result ? plain(result["content"]) : null,
    earlier: messages.slice(0, Math.max(0, at)).flatMap((each) => textsOf(contentOf(each))),
  };
}

function contentOf(message: Block | undefined): Block[] {
  const content = message?.["content"];
  return typeof content === "string" ? [{ type: "text", text: content }] : records(content);
}

function textsOf(blocks: readonly Block[]): string[] {
  return blocks.filter((block) => block["type"] === "text").map((each) => plain(each["text"]));
}

type Said = Exclude<Answer, { kind: "error" }>;

function* blocksOf(answer: Said): Generator<[Block, Block[]]> {
  const pieces = piecesOf(answer.kind === "text" ? answer.text : "I will run a command.");
  yield [{ type: "text", text: "" }, pieces.map((piece) => ({ type: "text_delta", text: piece }))];
  if (answer.kind === "text") return;
  const { tool, input } =
    answer.kind === "call"
      ? answer
      : {
          tool: "Bash",
          input: { command: answer.command, description: "a scripted command" },
        };
  yield [
    { type: "tool_use", id: id("toolu"), name: tool, input: {} },
    [{ type: "input_json_delta", partial_json: JSON.stringify(input) }],
  ];
}

function* events(answer: Said): Generator<ModelEvent> {
  const event = (type: string, data: Block, held = false): ModelEvent => ({
    type,
    data: { type, ...data },
    held,
  });
  const usage = { input_tokens: 100, output_tokens: 1 };
  const message = { id: id("msg"), type: "message", role: "assistant", model: "scripted" };
  yield event("message_start", {
    message: { ...message, content: [], stop_reason: null, stop_sequence: null, usage },
  });
  let index = 0;
  for (const [block, deltas] of blocksOf(answer)) {
    yield event("content_block_start", { index, content_block: block });
    for (const [number, delta] of deltas.entries()) {
      const isLast = number === deltas.length - 1;
      const held = answer.kind !== "call" && answer.held && isLast;
      yield event("content_block_delta", { index, delta }, held);
    }
    yield event("content_block_stop", { index });
    index += 1;
  }
  const stop_reason = answer.kind === "text" ? "end_turn" : "tool_use";
  const delta = { stop_reason, stop_sequence: null };
  yield event("message_delta", { delta, usage: { output_tokens: 50 } });
  yield event("message_stop", {});
}
