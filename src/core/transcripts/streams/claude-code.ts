/**
 * Claude Code (2.1.329), `-p --output-format stream-json --verbose`: the lines of a session file, nearly, and
 * a `result` at the end with the answer or the error whole.
 */

import { failedEnd } from "../../terminals/index.ts";
import {
  costOf,
  countOf,
  type Fields,
  fieldsOf,
  listOf,
  parseLine,
  textOf,
  wordsOf,
} from "../fields.ts";
import type { TranscriptEntry, TranscriptReader, TranscriptUsage } from "../reader.ts";

type Event = TranscriptEntry["event"];

export function claudeCodeStream(): TranscriptReader {
  return {
    read: (line) => {
      const fields = parseLine(line);
      return fields === undefined ? [] : eventsOf(fields).map((event) => ({ at: null, event }));
    },
  };
}

function eventsOf(line: Fields): Event[] {
  // A sub-agent's own words are no part of the conversation.
  if (textOf(line["parent_tool_use_id"]) !== undefined) return [];
  switch (line["type"]) {
    case "system":
      return line["subtype"] === "init" ? sessionOf(line) : [];
    case "assistant":
      return line["is_api_error_message"] === true ? [] : saidIn(line);
    case "user":
      return [{ kind: "working" }];
    case "result":
      return [...usageOf(line), endOf(line)];
    default:
      return [];
  }
}

function sessionOf(line: Fields): Event[] {
  const id = textOf(line["session_id"]);
  return id === undefined ? [] : [{ kind: "session", id, cwd: textOf(line["cwd"]) ?? null }];
}

function saidIn(line: Fields): Event[] {
  return listOf(fieldsOf(line["message"])["content"]).flatMap((block): Event[] => {
    if (block["type"] === "tool_use") return [{ kind: "working" }];
    const text = block["type"] === "text" ? textOf(block["text"]) : undefined;
    return text === undefined ? [] : [{ kind: "answer", text }];
  });
}

function endOf(line: Fields): Event {
  const said = textOf(line["result"]) ?? null;
  const isGood = line["is_error"] !== true && line["subtype"] === "success";
  if (isGood) return { kind: "turnEnded", state: "completed", detail: "", answer: said };
  return failedEnd(line["api_error_status"] === 429, wordsOf(said), said);
}

function usageOf(line: Fields): TranscriptUsage[] {
  const run = wordsOf(line["uuid"]);
  const models = Object.entries(fieldsOf(line["model_usage_since_last_result"]));
  return models.map(([model, told]) => {
    const spent = fieldsOf(told);
    return {
      kind: "usage",
      key: `result:${run}:${model}`,
      model,
      input: countOf(spent["inputTokens"]),
      output: countOf(spent["outputTokens"]),
      cacheRead: countOf(spent["cacheReadInputTokens"]),
      cacheWrite: countOf(spent["cacheCreationInputTokens"]),
      cost: costOf(spent["costUSD"]),
    };
  });
}
