/** OpenAI Chat Completions, as OpenCode, Qwen Code and Copilot speak it. */
import {
  type Block,
  id,
  isRecord,
  type ModelApi,
  type ModelEvent,
  newestWords,
  plain,
  records,
  type Said,
  wordsOf,
} from "./model-script.ts";

export const openaiChat: ModelApi = {
  path: /\/chat\/completions$/,
  read,
  events,
  whole: (answer, { body }) => (body["stream"] === true ? undefined : whole(answer, body)),
  error: (code) => ({ error: { message: `scripted error ${code}`, type: "scripted_error" } }),
};

/** Copilot says before each prompt what time it is. */
const TIME = /^<current_datetime>[^<]*<\/current_datetime>\n\n/;

function read(body: Block): ReturnType<ModelApi["read"]> {
  const messages = records(body["messages"]);
  const newest = messages.findLast(({ role }) => role === "user" || role === "tool");
  const content = newest?.["content"];
  const isResult = newest?.["role"] === "tool";
  const texts =
    typeof content === "string" ? [content] : records(content).map((part) => plain(part["text"]));
  const words = texts.map((text) => text.replace(TIME, ""));
  return {
    tools: records(body["tools"]).length,
    texts: isResult ? [] : words,
    user: isResult ? "" : newestWords(words),
    toolResult: isResult ? plain(content) : null,
    earlier: messages
      .slice(0, newest === undefined ? 0 : messages.lastIndexOf(newest))
      .map(wordsIn),
  };
}

const wordsIn = ({ content }: Block): string => plain(content);

const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };

const base = () => ({
  id: id("chatcmpl"),
  created: Math.floor(Date.now() / 1_000),
  model: "scripted",
});

function whole(answer: Said, body: Block): Block {
  const { pieces } = wordsOf(answer);
  const calls = callsOf(answer, body);
  const message = { role: "assistant", content: pieces.join(""), tool_calls: calls };
  const choices = [{ index: 0, message, finish_reason: endOf(calls) }];
  return { ...base(), object: "chat.completion", choices, usage };
}

function* events(answer: Said, body: Block): Generator<ModelEvent> {
  const chunk = { ...base(), object: "chat.completion.chunk" };
  const { pieces, held } = wordsOf(answer);
  const calls = callsOf(answer, body);
  const event = (delta: Block, reason: string | null = null): Block => ({
    ...chunk,
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  yield { data: event({ role: "assistant", content: "" }) };
  for (const [at, content] of pieces.entries())
    yield { data: event({ content }), held: held && at === pieces.length - 1 };
  for (const call of calls) yield { data: event({ tool_calls: [call] }) };
  yield { data: event({}, endOf(calls)) };
  yield { data: { ...chunk, choices: [], usage } };
  yield { data: "[DONE]" };
}

const endOf = (calls: readonly Block[]): string => (calls.length === 0 ? "stop" : "tool_calls");

const SHELLS = ["bash", "run_shell_command"];

function callsOf(answer: Said, body: Block): Block[] {
  if (answer.kind === "text") return [];
  const names = records(body["tools"]).map(({ function: it }) => (isRecord(it) ? it["name"] : ""));
  const shell = SHELLS.find((each) => names.includes(each)) ?? "bash";
  const { tool, input } =
    answer.kind === "call"
      ? answer
      : { tool: shell, input: { command: answer.command, description: "scripted" } };
  const said = { name: tool, arguments: JSON.stringify(input) };
  return [{ index: 0, id: id("call"), type: "function", function: said }];
}
