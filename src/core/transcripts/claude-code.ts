/**
 * Claude Code (2.1.197 to 2.1.329): `projects/<folder>/<session>.jsonl`. One line per block of a message, all
 * with the whole message's usage; `turn_duration` ends a turn that went well, an API error or "[Request
 * interrupted" one that did not. An Escape before the first token leaves no trace.
 */

import { failedEnd } from "../terminals/index.ts";
import {
  costOf,
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
import type { TranscriptEntry, TranscriptReader, TranscriptUsage } from "./reader.ts";

type Event = TranscriptEntry["event"];

const INTERRUPTED = /^\[Request interrupted by user/;
/** What the CLI itself puts in as a user: commands that ran locally, and their output. */
const LOCAL = /^\s*<(?:local-command-|command-(?:name|message)>|bash-(?:input|stdout|stderr)>)/;
/** A long paste comes in an element that says so. */
const PASTED = /^\s*<pasted_content id="(\w+)">\n([\s\S]*)\n<\/pasted_content id="\1">\s*$/;

export function claudeCode(): TranscriptReader {
  const turn = new Turn();
  return {
    read: (line) => {
      // Whole requests are written down too, hundreds of kB each, and say nothing new.
      if (line.startsWith('{"type":"api-request')) return [];
      const fields = parseLine(line);
      if (fields === undefined) return [];
      const at = timeOf(fields["timestamp"]);
      return turn.read(fields).map((event) => ({ at, event }));
    },
  };
}

class Turn {
  #isOpen = false;
  #answer: { readonly id: string; readonly text: string } | undefined;
  readonly #costs = new Map<string, number>();

  read(line: Fields): Event[] {
    switch (line["type"]) {
      case "user":
        return this.#user(line);
      case "assistant":
        return this.#assistant(line);
      case "system":
        return line["subtype"] === "turn_duration" ? this.#ended(this.#endOf("completed")) : [];
      case "cost-state":
        return this.#cost(line);
      default:
        return [];
    }
  }

  #user(line: Fields): Event[] {
    const { content } = fieldsOf(line["message"]);
    const blocks = listOf(content);
    if (line["isSidechain"] === true || line["isMeta"] === true) return [];
    if (blocks.some((block) => block["type"] === "tool_result")) {
      return this.#isOpen ? [{ kind: "working" }] : [];
    }
    const text = textOf(content) ?? textsOf(blocks).join("\n");
    if (INTERRUPTED.test(text)) return this.#ended(this.#endOf("interrupted"));
    if (text.trim() === "" || LOCAL.test(text)) return [];
    this.#isOpen = true;
    this.#answer = undefined;
    return [{ kind: "prompt", text: PASTED.exec(text)?.[2] ?? text }];
  }

  #assistant(line: Fields): Event[] {
    const message = fieldsOf(line["message"]);
    const content = listOf(message["content"]);
    const usage = usageOf(message);
    if (line["isSidechain"] === true) return usage;
    if (line["isApiErrorMessage"] === true) {
      const isLimit = line["apiErrorStatus"] === 429 || line["error"] === "rate_limit";
      return this.#ended(failedEnd(isLimit, textsOf(content).join("\n")));
    }
    if (message["model"] === "<synthetic>") return usage;
    const said = textsOf(content.filter((block) => block["type"] === "text")).join("\n");
    const answer = said === "" ? "" : this.#hold(wordsOf(message["id"]), said);
    const stop = message["stop_reason"];
    if (stop === "tool_use" || stop === "pause_turn") return [...usage, { kind: "working" }];
    const isLast = answer !== "" && typeof stop === "string";
    return isLast ? [...usage, { kind: "answer", text: answer }] : usage;
  }

  /** A message comes block by block. */
  #hold(id: string, said: string): string {
    const text = this.#answer?.id === id ? `${this.#answer.text}\n${said}` : said;
    this.#answer = { id, text };
    return text;
  }

  #endOf(state: "completed" | "interrupted"): Event {
    return { kind: "turnEnded", state, detail: "", answer: this.#answer?.text ?? null };
  }

  #ended(end: Event): Event[] {
    if (!this.#isOpen) return [];
    this.#isOpen = false;
    return [end];
  }

  /** Written when a session ends: what it cost so far, by model. */
  #cost(line: Fields): Event[] {
    return Object.entries(fieldsOf(line["modelUsage"])).flatMap(([model, spent]) => {
      const total = costOf(fieldsOf(spent)["costUSD"]);
      const before = this.#costs.get(model) ?? 0;
      if (total === null || total <= before) return [];
      this.#costs.set(model, total);
      const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
      const key = `cost:${wordsOf(line["sessionId"])}:${model}:${total}`;
      return [{ kind: "usage", key, model, ...none, cost: total - before } as const];
    });
  }
}

function usageOf(message: Fields): TranscriptUsage[] {
  const usage = fieldsOf(message["usage"]);
  const model = textOf(message["model"]);
  const id = textOf(message["id"]);
  if (model === undefined || model === "<synthetic>" || id === undefined) return [];
  return [
    {
      kind: "usage",
      key: id,
      model,
      input: countOf(usage["input_tokens"]),
      output: countOf(usage["output_tokens"]),
      cacheRead: countOf(usage["cache_read_input_tokens"]),
      cacheWrite: countOf(usage["cache_creation_input_tokens"]),
      cost: null,
    },
  ];
}
