/**
 * Gemini CLI (0.61): `tmp/<folder>/chats/session-<time>-<id>.jsonl`. Nothing says that a turn ended well: the
 * last answer without tool calls stands until the screen or a hook says so. A message may be written twice,
 * at first without its tool calls, and `$set` repeats the past.
 */

import { failedEnd } from "../terminals/index.ts";
import {
  countOf,
  type Fields,
  fieldsOf,
  listOf,
  parseLine,
  textOf,
  textsOf,
  timeOf,
  wordsOf,
} from "./fields.ts";
import type { TranscriptEntry, TranscriptReader } from "./reader.ts";

type Event = TranscriptEntry["event"];

const LIMIT = /"code\\?":\s*429|quota|RESOURCE_EXHAUSTED/;
const INTERRUPTED: Event = { kind: "turnEnded", state: "interrupted", detail: "", answer: null };

export function gemini(): TranscriptReader {
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"] ?? fields["startTime"]);
      return eventsOf(fields).map((event) => ({ at, event }));
    },
  };
}

function eventsOf(line: Fields): Event[] {
  switch (line["type"]) {
    case "user":
      return userOf(listOf(line["content"]));
    case "gemini":
      return [...usageOf(line), answerOf(line)];
    case "info":
      return line["content"] === "Request cancelled." ? [INTERRUPTED] : [];
    case "error": {
      const said = wordsOf(line["content"]);
      return [failedEnd(LIMIT.test(said), said)];
    }
    case undefined:
      return line["kind"] === "main" ? sessionOf(line) : [];
    default:
      return [];
  }
}

function sessionOf(line: Fields): Event[] {
  const id = textOf(line["sessionId"]);
  return id === undefined
    ? []
    : [{ kind: "session", id, cwd: textOf(line["projectHash"]) ?? null }];
}

function userOf(parts: readonly Fields[]): Event[] {
  if (parts.some((part) => part["functionResponse"] !== undefined)) return [{ kind: "working" }];
  const text = textsOf(parts).join("\n");
  return text === "" || text.startsWith("<session_context>") ? [] : [{ kind: "prompt", text }];
}

function answerOf(line: Fields): Event {
  const text = wordsOf(line["content"]);
  const isTool = listOf(line["toolCalls"]).length > 0;
  return isTool || text === "" ? { kind: "working" } : { kind: "answer", text };
}

function usageOf(line: Fields): Event[] {
  const tokens = fieldsOf(line["tokens"]);
  const cacheRead = countOf(tokens["cached"]);
  const key = textOf(line["id"]);
  const model = textOf(line["model"]);
  if (key === undefined || model === undefined) return [];
  return [
    {
      kind: "usage",
      key,
      model,
      input: Math.max(0, countOf(tokens["input"]) - cacheRead),
      output: countOf(tokens["output"]) + countOf(tokens["thoughts"]),
      cacheRead,
      cacheWrite: 0,
      cost: null,
    },
  ];
}
