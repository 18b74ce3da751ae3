/**
 * Copilot CLI (1.0.102): `session-state/<session>/events.jsonl`. What it calls a turn is one call of the model:
 * the one after an answer without tool requests is the last. An error or an interruption ends the turn after
 * its `turn_end`.
 */

import { failedEnd } from "../terminals/index.ts";
import {
  countOf,
  type Fields,
  fieldsOf,
  listOf,
  parseLine,
  textOf,
  timeOf,
  wordsOf,
} from "./fields.ts";
import type { TranscriptEntry, TranscriptReader } from "./reader.ts";

type Event = TranscriptEntry["event"];

export function copilot(): TranscriptReader {
  const turn = new Turn();
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"]);
      return turn.read(fields).map((event) => ({ at, event }));
    },
  };
}

class Turn {
  #answer: string | undefined;

  read(line: Fields): Event[] {
    const data = fieldsOf(line["data"]);
    switch (line["type"]) {
      case "session.start": {
        const id = textOf(data["sessionId"]);
        const cwd = textOf(fieldsOf(data["context"])["cwd"]) ?? null;
        return id === undefined ? [] : [{ kind: "session", id, cwd }];
      }
      case "user.message":
        this.#answer = undefined;
        return [{ kind: "prompt", text: wordsOf(data["content"]) }];
      case "session.usage_record":
        return usageOf(textOf(line["id"]), fieldsOf(data["usage"]));
      case "assistant.message":
        return this.#said(data);
      case "assistant.turn_end":
        return this.#answer === undefined
          ? []
          : [{ kind: "turnEnded", state: "completed", detail: "", answer: this.#answer }];
      case "abort":
        return [{ kind: "turnEnded", state: "interrupted", detail: "", answer: null }];
      case "session.error": {
        const isLimit = data["errorType"] === "rate_limit" || data["errorType"] === "quota";
        return [failedEnd(isLimit, wordsOf(data["message"]))];
      }
      default:
        return [];
    }
  }

  #said(data: Fields): Event[] {
    const text = wordsOf(data["content"]);
    const isTool = listOf(data["toolRequests"]).length > 0;
    // A sub-agent's words are for the agent.
    if (textOf(data["parentToolCallId"]) !== undefined) return [];
    this.#answer = isTool || text === "" ? undefined : text;
    return isTool ? [{ kind: "working" }] : [];
  }
}

function usageOf(key: string | undefined, usage: Fields): Event[] {
  const model = textOf(usage["model"]);
  if (key === undefined || model === undefined) return [];
  const cacheRead = countOf(usage["cacheReadTokens"]);
  return [
    {
      kind: "usage",
      key,
      model,
      input: Math.max(0, countOf(usage["inputTokens"]) - cacheRead),
      output: countOf(usage["outputTokens"]),
      cacheRead,
      cacheWrite: countOf(usage["cacheWriteTokens"]),
      // Its `cost` counts premium requests, not money.
      cost: null,
    },
  ];
}
