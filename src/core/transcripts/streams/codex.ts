/** Codex (0.169.0), `exec --json`: items as they come, then `turn.completed` or `turn.failed`. */

import { failedEnd } from "../../terminals/index.ts";
import { countOf, type Fields, fieldsOf, parseLine, textOf, wordsOf } from "../fields.ts";
import type { TranscriptEntry, TranscriptReader } from "../reader.ts";

type Event = TranscriptEntry["event"];

const LIMIT = /\b429\b|usage limit|rate limit|quota/i;

export function codexStream(): TranscriptReader {
  let answer: string | null = null;
  let thread = "";
  const eventsOf = (line: Fields): Event[] => {
    const item = fieldsOf(line["item"]);
    switch (line["type"]) {
      case "thread.started":
        thread = wordsOf(line["thread_id"]);
        return thread === "" ? [] : [{ kind: "session", id: thread, cwd: null }];
      case "item.started":
        return [{ kind: "working" }];
      case "item.completed": {
        const text = item["type"] === "agent_message" ? textOf(item["text"]) : undefined;
        if (text === undefined) return item["type"] === "error" ? [] : [{ kind: "working" }];
        answer = text;
        return [{ kind: "answer", text }];
      }
      case "turn.completed":
        return [
          usageOf(fieldsOf(line["usage"]), thread),
          { kind: "turnEnded", state: "completed", detail: "", answer },
        ];
      case "turn.failed":
        return [failureOf(wordsOf(fieldsOf(line["error"])["message"]))];
      default:
        return [];
    }
  };
  return {
    read: (line) => {
      const fields = parseLine(line);
      return fields === undefined ? [] : eventsOf(fields).map((event) => ({ at: null, event }));
    },
  };
}

function failureOf(said: string): Event {
  return failedEnd(LIMIT.test(said), said, said);
}

/** It is told once, at the end of the turn, and does not name the model. */
function usageOf(usage: Fields, thread: string): Event {
  const cacheRead = countOf(usage["cached_input_tokens"]);
  return {
    kind: "usage",
    key: `turn:${thread}`,
    model: "unknown",
    input: Math.max(0, countOf(usage["input_tokens"]) - cacheRead),
    output: countOf(usage["output_tokens"]),
    cacheRead,
    cacheWrite: countOf(usage["cache_write_input_tokens"]),
    cost: null,
  };
}
