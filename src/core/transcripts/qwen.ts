/**
 * Qwen Code (0.24): `projects/<folder>/chats/<session>.jsonl`. Nothing says that a turn ended: its last answer
 * without a tool call stands until the screen or a hook says so. One that was cut by Escape has no usage.
 */
import {
  countOf,
  type Fields,
  fieldsOf,
  listOf,
  parseLine,
  textOf,
  textsOf,
  timeOf,
} from "./fields.ts";
import type { TranscriptEntry, TranscriptReader } from "./reader.ts";

type Event = TranscriptEntry["event"];

export function qwen(): TranscriptReader {
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"]);
      return eventsOf(fields).map((event) => ({ at, event }));
    },
  };
}

function eventsOf(line: Fields): Event[] {
  const parts = listOf(fieldsOf(line["message"])["parts"]);
  const text = textsOf(parts.filter((part) => part["thought"] !== true)).join("");
  switch (line["type"]) {
    case "user": {
      const { provenance = "real_user" } = line;
      return provenance === "real_user" && text !== "" ? [{ kind: "prompt", text }] : [];
    }
    case "tool_result":
      return [{ kind: "working" }];
    case "assistant": {
      const isTool = parts.some((part) => part["functionCall"] !== undefined);
      const usage = usageOf(line);
      if (isTool || text === "") return [...usage, { kind: "working" }];
      return [...usage, { kind: "answer", text }];
    }
    default:
      return [];
  }
}

function usageOf(line: Fields): Event[] {
  const key = textOf(line["uuid"]);
  const model = textOf(line["model"]);
  if (line["usageMetadata"] === undefined || key === undefined || model === undefined) return [];
  const usage = fieldsOf(line["usageMetadata"]);
  const cacheRead = countOf(usage["cachedContentTokenCount"]);
  return [
    {
      kind: "usage",
      key,
      model,
      input: Math.max(0, countOf(usage["promptTokenCount"]) - cacheRead),
      output: countOf(usage["candidatesTokenCount"]) + countOf(usage["thoughtsTokenCount"]),
      cacheRead,
      cacheWrite: 0,
      cost: null,
    },
  ];
}
