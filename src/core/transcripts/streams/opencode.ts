/** OpenCode (1.18.33), `run --format json`: parts as they end; the last step's reason is the end of the turn. */

import { failedEnd } from "../../terminals/index.ts";
import { costOf, countOf, type Fields, fieldsOf, parseLine, textOf, wordsOf } from "../fields.ts";
import type { TranscriptEntry, TranscriptReader } from "../reader.ts";

type Event = TranscriptEntry["event"];

export function opencodeStream(): TranscriptReader {
  let said = "";
  let session = "";
  const eventsOf = (line: Fields): Event[] => {
    const part = fieldsOf(line["part"]);
    switch (line["type"]) {
      case "text":
        said = wordsOf(part["text"]);
        return [{ kind: "answer", text: said }];
      case "tool_use":
        said = "";
        return [{ kind: "working" }];
      case "step_finish":
        return [usageOf(part), ...(part["reason"] === "tool-calls" ? [] : [endOf(said)])];
      case "error":
        return [failureOf(fieldsOf(line["error"]))];
      default:
        return [];
    }
  };
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const id = textOf(fields["sessionID"]);
      const isNew = id !== undefined && id !== session;
      session = id ?? session;
      const head: Event[] = isNew ? [{ kind: "session", id: session, cwd: null }] : [];
      return [...head, ...eventsOf(fields)].map((event) => ({ at: null, event }));
    },
  };
}

function endOf(said: string): Event {
  const answer = said === "" ? null : said;
  return { kind: "turnEnded", state: "completed", detail: "", answer };
}

function failureOf(error: Fields): Event {
  const data = fieldsOf(error["data"]);
  const said = textOf(data["message"]) ?? wordsOf(error["name"]);
  return failedEnd(data["statusCode"] === 429, said, said);
}

function usageOf(part: Fields): Event {
  const tokens = fieldsOf(part["tokens"]);
  const cache = fieldsOf(tokens["cache"]);
  return {
    kind: "usage",
    key: `step:${wordsOf(part["id"])}`,
    model: "unknown",
    input: countOf(tokens["input"]),
    output: countOf(tokens["output"]),
    cacheRead: countOf(cache["read"]),
    cacheWrite: countOf(cache["write"]),
    cost: costOf(part["cost"]),
  };
}
