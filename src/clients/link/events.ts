import type { JournalEvent } from "../../contract/events.ts";
import { routes } from "../../contract/routes.ts";
import { exchange } from "./http.ts";
import { remoteError } from "./remote-error.ts";
import { SseParser } from "./sse.ts";

export interface FollowOptions {
  readonly socket: string;
  readonly token: string | undefined;
  /** Events after this sequence number; only new ones without it. */
  readonly after?: number | undefined;
  readonly signal: AbortSignal;
}

/** Rows before it are gone, or this is another journal: what comes next stands behind it. */
export interface Reset {
  readonly after: number;
}

/** `open` once the daemon follows for us, then the journal as it grows; ends when the daemon goes away. */
export async function* followOnce(
  options: FollowOptions,
): AsyncGenerator<"open" | JournalEvent | Reset> {
  const query = options.after === undefined ? "" : `?after=${options.after}`;
  const pieces = exchange(options.socket, {
    method: "GET",
    path: `${routes.events}${query}`,
    token: options.token,
    headers: { accept: "text/event-stream" },
    signal: options.signal,
    deadlineMs: 10_000,
    deadline: "head",
  });
  const decoder = new TextDecoder();
  const parser = new EventParser();
  let refused: { status: number; body: string } | undefined;
  for await (const piece of pieces) {
    if (piece.kind === "head") {
      if (piece.status === 200) yield "open";
      else refused = { status: piece.status, body: "" };
      continue;
    }
    const text = decoder.decode(piece.bytes, { stream: true });
    if (refused === undefined) yield* parser.push(text);
    else refused.body += text;
  }
  if (refused !== undefined) throw remoteError(refused.status, refused.body);
}

export function isReset(told: JournalEvent | Reset): told is Reset {
  return !("seq" in told);
}

/** Journal events out of text that comes in any pieces. */
export class EventParser {
  readonly #sse = new SseParser();

  *push(text: string): Generator<JournalEvent | Reset> {
    for (const data of this.#sse.push(text)) {
      const event = parseEvent(data);
      if (event !== undefined) yield event;
    }
  }
}

/** Data without a sequence number (a keep-alive, a note) is no journal event. */
function parseEvent(data: string): JournalEvent | Reset | undefined {
  const value: unknown = JSON.parse(data);
  if (isEvent(value)) return value;
  if (typeof value !== "object" || value === null || !("after" in value)) return undefined;
  return typeof value.after === "number" ? { after: value.after } : undefined;
}

/** The daemon wrote it from the same contract, so its sequence number is proof enough. */
function isEvent(value: unknown): value is JournalEvent {
  return (
    typeof value === "object" && value !== null && "seq" in value && typeof value.seq === "number"
  );
}
