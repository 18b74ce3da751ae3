/** Gemini's generateContent and streamGenerateContent. */
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

export const geminiApi: ModelApi = {
  path: /:(?:streamG|g)enerateContent$/,
  read,
  events,
  whole: (answer, { path, body }) =>
    path.endsWith(":streamGenerateContent")
      ? undefined
      : chunk(
          partsOf(answer, body).map(({ part }) => part),
          true,
        ),
  error: (code) => ({
    error: { code, message: `scripted error ${code}`, status: "INVALID_ARGUMENT" },
  }),
};

function read(body: Block): ReturnType<ModelApi["read"]> {
  const contents = records(body["contents"]);
  const at = contents.findLastIndex(({ role }) => role === "user");
  const parts = records(contents[at]?.["parts"]);
  const texts = textsOf(parts);
  const given = parts.flatMap(({ functionResponse: it }) => (isRecord(it) ? [it["response"]] : []));
  const result = given.findLast(isRecord);
  const said = result?.["output"] ?? result?.["error"];
  return {
    tools: records(body["tools"]).flatMap((each) => records(each["functionDeclarations"])).length,
    texts,
    user: newestWords(texts),
    toolResult: result === undefined ? null : plain(said ?? JSON.stringify(result)),
    earlier: contents.slice(0, Math.max(0, at)).flatMap((each) => textsOf(records(each["parts"]))),
  };
}

function textsOf(parts: readonly Block[]): string[] {
  return parts.flatMap((part) => (typeof part["text"] === "string" ? [part["text"]] : []));
}

/** Its side questions want JSON: which model to take, who speaks next. */
const SIDE = JSON.stringify({
  reasoning: "scripted",
  model_choice: "flash",
  complexity_reasoning: "scripted",
  complexity_score: 1,
  next_speaker: "user",
});

function partsOf(answer: Said, body: Block): { readonly part: Block; readonly held: boolean }[] {
  const { pieces, held } = wordsOf(answer);
  const wantsJson = JSON.stringify(body["generationConfig"] ?? {}).includes("application/json");
  const parts = (wantsJson ? [SIDE] : pieces).map((text, at, all) => ({
    part: { text },
    held: held && at === all.length - 1,
  }));
  if (answer.kind === "text") return parts;
  const { tool, input } =
    answer.kind === "call"
      ? answer
      : { tool: "run_shell_command", input: { command: answer.command, description: "scripted" } };
  const functionCall = { id: id("fc"), name: tool, args: input };
  return [...parts, { part: { functionCall, thoughtSignature: "c2ln" }, held: false }];
}

function* events(answer: Said, body: Block): Generator<ModelEvent> {
  const parts = partsOf(answer, body);
  for (const [at, { part, held }] of parts.entries())
    yield { data: chunk([part], at === parts.length - 1), held };
}

function chunk(parts: readonly Block[], isLast: boolean): Block {
  const end = isLast ? { finishReason: "STOP" } : {};
  return {
    candidates: [{ content: { role: "model", parts }, index: 0, ...end }],
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 },
    modelVersion: "scripted",
    responseId: "scripted",
  };
}
