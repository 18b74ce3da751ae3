/**
 * A stream of the Agent Client Protocol over files, for a conversation that outlives the daemon: what was read
 * is read again from its beginning, what was sent once is not sent again, and so the same program, run anew,
 * comes to where it was.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";

export interface Replay {
  readonly stream: Stream;
  /** A line of the agent's; what is no message is left out. */
  read(line: string): void;
  /** Nothing comes any more: whoever waits for an answer is told. */
  close(): void;
}

export interface Sending {
  /** Called before a request goes out that never did; throws to keep it back. */
  readonly before: (method: string) => void;
  readonly after: (method: string) => void;
}

export function openReplay(folder: string, sending: Sending): Replay {
  const log = join(folder, "sent");
  const sent = new Set(readLines(log));
  /** Requests of this run, by which an answer is let through. */
  const requested = new Set<string>();
  const waiting: AnyMessage[] = [];
  let isOver = false;
  /** Open to the end: what is in a pipe that nobody holds open is gone, and the agent may not have come yet. */
  let pipe: Promise<FileHandle> | undefined;
  let controller: ReadableStreamDefaultController<AnyMessage> | undefined;
  const readable = new ReadableStream<AnyMessage>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      isOver = true;
    },
  });
  /** By a daemon before this one. */
  const before = new Set(sent);
  const isAnswered = (message: AnyMessage): boolean =>
    "method" in message && "id" in message && before.has(`answered ${String(message.id)}`);
  /** In their order; an answer that is known before its question was asked again waits for that. */
  const pass = (): void => {
    if (isOver) return;
    while (waiting.length > 0) {
      const [next] = waiting;
      if (next === undefined || (isAnswer(next) && !requested.has(String(next.id)))) return;
      waiting.shift();
      controller?.enqueue(next);
    }
  };
  const writable = new WritableStream<AnyMessage>({
    write: async (message) => {
      const key = keyOf(message);
      if (key === undefined || !sent.has(key)) {
        if ("method" in message) sending.before(message.method);
        if (key !== undefined) {
          sent.add(key);
          // Before it goes out: never twice, even where a daemon dies between the two.
          appendFileSync(log, `${key}\n`, { mode: 0o600 });
        }
        pipe ??= open(join(folder, "in"), "r+");
        await (await pipe).write(`${JSON.stringify(message)}\n`);
        if ("method" in message) sending.after(message.method);
      }
      if ("method" in message && "id" in message) requested.add(String(message.id));
      pass();
    },
  });
  return {
    stream: { readable, writable },
    read: (line) => {
      const message = parse(line);
      if (message === undefined || isAnswered(message)) return;
      waiting.push(message);
      pass();
    },
    close: () => {
      void pipe?.then((file) => file.close()).catch(() => undefined);
      if (isOver) return;
      pass();
      isOver = true;
      controller?.close();
    },
  };
}

/** A notification, such as to cancel, is never repeated by itself. */
function keyOf(message: AnyMessage): string | undefined {
  if (!("id" in message)) return undefined;
  return `${"method" in message ? "asked" : "answered"} ${String(message.id)}`;
}

function isAnswer(message: AnyMessage): message is Extract<AnyMessage, { id: unknown }> {
  return "id" in message && !("method" in message);
}

/** Anything may stand there: what has the shape of a message is one, and the SDK looks at the rest. */
function parse(line: string): AnyMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is AnyMessage {
  return typeof value === "object" && value !== null && "jsonrpc" in value;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
