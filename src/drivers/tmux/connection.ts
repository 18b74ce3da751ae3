import { ConductorError } from "../../base/errors.ts";
import type { Channel } from "./channel.ts";
import type { Command } from "./commands.ts";
import { createFraming, type Frame } from "./framing.ts";
import { type Notification, readNotification } from "./notifications.ts";
import { refusal } from "./refusals.ts";

const LF = 0x0a;
const PERCENT = 0x25;

/** How a connection ended: tmux's own word, ours (`broken`), or neither when it just stopped. */
export interface ConnectionEnd {
  readonly exit: string | undefined;
  readonly broken: string | undefined;
}

/** One line in flight. tmux answers each of its commands apart, up to the first that fails. */
interface Line {
  readonly commands: readonly Command[];
  readonly replies: Uint8Array[];
  readonly settle: (replies: readonly Uint8Array[]) => void;
  readonly fail: (error: ConductorError) => void;
}

/** One life of a control connection: replies find their commands by order alone. */
export class Connection {
  /** Resolves once tmux has attached us, rejects when it refuses or goes away. */
  readonly attached: Promise<void>;
  readonly ended: Promise<ConnectionEnd>;
  readonly #channel: Channel;
  readonly #onNotification: (notification: Notification) => void;
  readonly #lines: Line[] = [];
  readonly #attach = Promise.withResolvers<void>();
  #lastAnswer: Command["answer"] = "nothing";
  #exit: string | undefined;
  #broken: string | undefined;
  #isEnded = false;

  constructor(channel: Channel, onNotification: (notification: Notification) => void) {
    this.#channel = channel;
    this.#onNotification = onNotification;
    this.attached = this.#attach.promise;
    this.attached.catch(() => undefined);
    this.ended = this.#read();
  }

  /** Sends the commands as one line; tmux runs them without anything in between. */
  send(commands: readonly Command[]): Promise<readonly Uint8Array[]> {
    if (this.#isEnded) return Promise.reject(lost(false));
    const { promise, resolve, reject } = Promise.withResolvers<readonly Uint8Array[]>();
    this.#lines.push({ commands, replies: [], settle: resolve, fail: reject });
    this.#channel.write(commands.map((command) => command.text).join(" ; "));
    return promise;
  }

  /** Drops the connection: what it says can no longer be told apart from an agent's text. */
  distrust(reason: string): void {
    if (this.#isEnded || this.#broken !== undefined) return;
    this.#broken = reason;
    void this.#channel.close(AbortSignal.abort());
  }

  close(signal: AbortSignal): Promise<void> {
    return this.#channel.close(signal);
  }

  async #read(): Promise<ConnectionEnd> {
    const framing = createFraming((frame) => {
      if (this.#broken === undefined && this.#exit === undefined) this.#take(frame);
    });
    for await (const chunk of this.#channel.bytes) framing.push(chunk);
    this.#isEnded = true;
    for (const line of this.#lines.splice(0)) line.fail(lost(true));
    this.#attach.reject(lost(false));
    return { exit: this.#exit, broken: this.#broken };
  }

  #take(frame: Frame): void {
    if (frame.kind === "reply") this.#takeReply(frame);
    else if (frame.kind === "notification") this.#notify(frame.line);
    else if (frame.kind === "broken") this.distrust(frame.reason);
    // A `load-buffer` that fails says so after its reply, outside any block (seen on 3.3a).
    else if (this.#lastAnswer !== "late") this.distrust("a line that belongs to no reply");
  }

  #takeReply(reply: Extract<Frame, { kind: "reply" }>): void {
    if (!reply.isOurs) {
      if (reply.ok) this.#attach.resolve();
      else this.#attach.reject(refusal(reply.body));
      return;
    }
    const line = this.#lines[0];
    const command = line?.commands[line.replies.length];
    if (line === undefined || command === undefined) {
      return this.distrust("a reply that nobody asked for");
    }
    this.#lastAnswer = command.answer;
    if (!reply.ok) {
      this.#lines.shift();
      return line.fail(refusal(reply.body));
    }
    if (command.answer !== "text") this.#notifyInside(reply.body);
    line.replies.push(reply.body);
    if (line.replies.length < line.commands.length) return;
    this.#lines.shift();
    line.settle(line.replies);
  }

  /** Before 3.8 a notification may stand inside a reply; where a command prints nothing it can be nothing else. */
  #notifyInside(body: Uint8Array): void {
    for (let start = 0; start < body.length; ) {
      const end = body.indexOf(LF, start);
      const stop = end < 0 ? body.length : end;
      if (body[start] === PERCENT) this.#notify(body.subarray(start, stop));
      start = stop + 1;
    }
  }

  #notify(line: Uint8Array): void {
    const notification = readNotification(line);
    if (notification === undefined) return this.distrust("a notification that tmux does not write");
    if (notification.kind === "exit") this.#exit = notification.reason;
    else this.#onNotification(notification);
  }
}

/** `sent: false` in its data proves that tmux never saw the command. */
export function lost(sent: boolean): ConductorError {
  return new ConductorError("tmux.lost", "the connection to tmux was lost", { data: { sent } });
}
