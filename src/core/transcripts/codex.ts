/**
 * Codex (0.140 to 0.169): `sessions/Y/M/D/rollout-<time>-<id>.jsonl`. `task_complete` brings the last answer
 * whole, or the error; `turn_aborted` is an interruption. Older versions tell of a prompt by `user_message`,
 * newer ones by a completed item.
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

export function codex(): TranscriptReader {
  const session = new Session();
  return {
    read: (line) => {
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"]);
      return session.read(fields).map((event) => ({ at, event }));
    },
  };
}

class Session {
  #model = "unknown";
  /** This version writes a record per call; its running totals are then left alone. */
  #hasRecords = false;
  #total = 0;

  read(line: Fields): Event[] {
    const payload = fieldsOf(line["payload"]);
    switch (line["type"]) {
      case "session_meta":
        return sessionOf(payload);
      case "turn_context":
        this.#model = textOf(payload["model"]) ?? this.#model;
        return [];
      case "token_usage_record":
        this.#hasRecords = true;
        return this.#usage(wordsOf(payload["response_id"]), payload["usage"]);
      case "event_msg":
        return this.#message(payload);
      default:
        return [];
    }
  }

  #message(payload: Fields): Event[] {
    switch (payload["type"]) {
      case "user_message":
        return promptOf(wordsOf(payload["message"]));
      case "item_completed": {
        const item = fieldsOf(payload["item"]);
        return item["type"] === "UserMessage"
          ? promptOf(textsOf(listOf(item["content"])).join("\n"))
          : [];
      }
      case "task_complete":
      case "turn_complete":
        return [endOf(payload)];
      case "turn_aborted":
        return [{ kind: "turnEnded", state: "interrupted", detail: "", answer: null }];
      case "token_count":
        return this.#tokenCount(fieldsOf(payload["info"]));
      default:
        return [];
    }
  }

  /** The same totals are told again when a limit changes. */
  #tokenCount(info: Fields): Event[] {
    const total = countOf(fieldsOf(info["total_token_usage"])["total_tokens"]);
    if (this.#hasRecords || total <= this.#total) return [];
    this.#total = total;
    return this.#usage(`total:${total}`, info["last_token_usage"]);
  }

  #usage(key: string, told: unknown): Event[] {
    const usage = fieldsOf(told);
    const cacheRead = countOf(usage["cached_input_tokens"]);
    return [
      {
        kind: "usage",
        key,
        model: this.#model,
        input: Math.max(0, countOf(usage["input_tokens"]) - cacheRead),
        output: countOf(usage["output_tokens"]),
        cacheRead,
        cacheWrite: countOf(usage["cache_write_input_tokens"]),
        cost: null,
      },
    ];
  }
}

function sessionOf(meta: Fields): Event[] {
  const id = textOf(meta["id"]);
  // A sub-agent's, or one that another program drives, is not the session on the screen.
  if (id === undefined || meta["source"] !== "cli") return [];
  return [{ kind: "session", id, cwd: textOf(meta["cwd"]) ?? null }];
}

function promptOf(text: string): Event[] {
  return text === "" ? [] : [{ kind: "prompt", text }];
}

function endOf(payload: Fields): Event {
  const answer = textOf(payload["last_agent_message"]) ?? null;
  const { error } = payload;
  if (error === undefined || error === null) {
    return { kind: "turnEnded", state: "completed", detail: "", answer };
  }
  const { message, codex_error_info: info } = fieldsOf(error);
  const isLimit = /usage_limit|"http_status_code":429/.test(JSON.stringify(info));
  return failedEnd(isLimit, wordsOf(message));
}
