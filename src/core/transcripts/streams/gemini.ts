/** Gemini CLI (0.61.0), `--output-format stream-json`: words in pieces, then a `result`. */

import { failedEnd } from "../../terminals/index.ts";
import { countOf, type Fields, fieldsOf, parseLine, textOf, timeOf, wordsOf } from "../fields.ts";
import type { TranscriptEntry, TranscriptReader, TranscriptUsage } from "../reader.ts";

type Event = TranscriptEntry["event"];

const LIMIT = /\b429\b|quota|RESOURCE_EXHAUSTED/i;

export function geminiStream(): TranscriptReader {
  let said = "";
  let session = "";
  const eventsOf = (line: Fields): Event[] => {
    switch (line["type"]) {
      case "init":
        session = wordsOf(line["session_id"]);
        return session === "" ? [] : [{ kind: "session", id: session, cwd: null }];
      case "message":
        if (line["role"] !== "assistant") return [];
        said += wordsOf(line["content"]);
        return [{ kind: "answer", text: said }];
      case "tool_use":
      case "tool_result":
        // What it says after a call is its answer, and not what it said before.
        said = "";
        return [{ kind: "working" }];
      case "result":
        return [
          ...usageOf(fieldsOf(line["stats"]), `${session}:${wordsOf(line["timestamp"])}`),
          endOf(line, said),
        ];
      default:
        return [];
    }
  };
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"]);
      return eventsOf(fields).map((event) => ({ at, event }));
    },
  };
}

function endOf(line: Fields, said: string): Event {
  const answer = said === "" ? null : said;
  if (line["status"] === "success")
    return { kind: "turnEnded", state: "completed", detail: "", answer };
  const why = textOf(fieldsOf(line["error"])["message"]) ?? said;
  return failedEnd(LIMIT.test(why), why, why);
}

function usageOf(stats: Fields, key: string): TranscriptUsage[] {
  return Object.entries(fieldsOf(stats["models"])).map(([model, told]) => {
    const spent = fieldsOf(told);
    const cacheRead = countOf(spent["cached"]);
    return {
      kind: "usage",
      key: `result:${key}:${model}`,
      model,
      input: Math.max(0, countOf(spent["input_tokens"]) - cacheRead),
      output: countOf(spent["output_tokens"]),
      cacheRead,
      cacheWrite: 0,
      cost: null,
    };
  });
}
