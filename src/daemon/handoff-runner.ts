/**
 * Drives handoffs: looks at each again whenever something about it happened, and does the next step. All it
 * knows stands in the rows, so a daemon that starts goes on where the one before was.
 */
import type { Clock, Instant } from "../base/clock.ts";
import { ConductorError, describeError, ERROR_CODES } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { JournalEvent } from "../contract/events.ts";
import {
  type HandoffEnd,
  type HandoffFailpoint,
  type HandoffRecord,
  type HandoffStep,
  type HandoffStore,
  isSettled,
  nextHandoffStep,
  questionText,
} from "../core/handoffs/index.ts";
import type { Journal } from "../core/journal/index.ts";
import { type MessageStore, terminalOfActor } from "../core/messages/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import type { Workers } from "./handoff-workers.ts";
import type { Postman } from "./postman.ts";
import { Rounds } from "./rounds.ts";

export interface RunnerPorts {
  readonly handoffs: HandoffStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly postman: Pick<Postman, "send" | "kick">;
  readonly workers: Workers;
  readonly clock: Clock;
  readonly log: Logger;
  /** An outcome that nobody comes for goes into the sender's inbox after that. */
  readonly returnMs: number;
  readonly failpoint: ((name: HandoffFailpoint) => void) | undefined;
}

export class HandoffRunner implements Disposable {
  readonly #ports: RunnerPorts;
  /** What is not finished, as it was read last. */
  readonly #tracked = new Map<string, HandoffRecord>();
  readonly #rounds: Rounds;
  readonly #unfollow: () => void;
  #startedAt: number;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
    this.#startedAt = ports.clock.now();
    this.#rounds = new Rounds({ ...ports, what: "handoff", advance: (id) => this.#advance(id) });
    this.#unfollow = ports.journal.follow((event) => this.#hear(event));
  }

  /** Goes on with what the daemon before left. */
  async start(): Promise<void> {
    this.#startedAt = this.#ports.clock.now();
    for (const handoff of await this.#ports.handoffs.unfinished()) this.kick(handoff.id);
  }

  kick(id: string): void {
    this.#rounds.kick(id);
  }

  async settle(handoff: HandoffRecord, end: HandoffEnd): Promise<HandoffRecord | undefined> {
    const { handoffs, clock, failpoint } = this.#ports;
    failpoint?.("handoff.before-settle");
    const settled = await handoffs.settle(handoff.id, end, clock.now());
    failpoint?.("handoff.after-settle");
    this.kick(handoff.id);
    return settled;
  }

  /** Its agent was interrupted then: nobody waits for what it handed on in that turn. */
  async senderStopped({ record, turn, promptedAt }: Terminal, at: Instant): Promise<void> {
    const began = Math.max(turn?.startedAt ?? 0, promptedAt ?? 0);
    for (const handoff of this.#tracked.values()) {
      const { kind, from, createdAt } = handoff;
      const isOfTurn = began <= createdAt && createdAt <= at;
      if (kind !== "handoff" || terminalOfActor(from) !== record.id || !isOfTurn) continue;
      await this.#stop(handoff, {
        why: `${record.name}, which asked for it, was interrupted`,
        unwanted: true,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#unfollow();
    this.#rounds[Symbol.dispose]();
  }

  #hear(event: JournalEvent): void {
    if (event.type === "handoff.told") {
      const sender = this.#ports.terminals().byId(String(event.data["to"]));
      if (sender !== undefined) this.#ports.postman.kick(sender);
    }
    if (event.type === "turn.ended" && event.data["state"] === "interrupted") {
      const stopped = this.#ports.terminals().byId(String(event.data["terminal"]));
      if (stopped !== undefined)
        this.senderStopped(stopped, event.time).catch((error: unknown) => {
          const fields = { terminal: stopped.record.id, error: describeError(error) };
          this.#ports.log.error(fields, "what an interrupted agent handed on goes on");
        });
    }
    for (const [id, { messageId, terminalId }] of this.#tracked) {
      const isMessage = messageId !== null && concerns(event, messageId);
      if (isMessage || event.subject === terminalId) this.kick(id);
    }
  }

  async #advance(id: string): Promise<void> {
    const { handoffs, messages, workers, clock } = this.#ports;
    for (;;) {
      const handoff = await handoffs.get(id);
      this.#tracked.set(id, handoff);
      if (isSettled(handoff)) return this.#conclude(handoff);
      const { messageId } = handoff;
      const message = messageId === null ? undefined : await messages.get(messageId);
      const now = clock.now();
      const step = nextHandoffStep(handoff, { now, message, worker: workers.see(handoff) });
      if (step.kind === "wait") {
        this.#rounds.arm(id, handoff.expiresAt - now);
        return;
      }
      await this.#act(handoff, step).catch((error: unknown) => this.#refused(handoff, error));
    }
  }

  async #act(handoff: HandoffRecord, step: Exclude<HandoffStep, { kind: "wait" }>): Promise<void> {
    const { handoffs, workers, clock, failpoint } = this.#ports;
    switch (step.kind) {
      case "choose":
        await workers.choose(handoff);
        failpoint?.("handoff.after-choose");
        return;
      case "launch":
        await workers.launch(handoff);
        failpoint?.("handoff.after-launch");
        return;
      case "submit":
        return this.#submit(handoff);
      case "run":
        await handoffs.move(handoff.id, { signal: "run" }, clock.now());
        return;
      case "ask":
        return this.#ask(handoff, step.question);
      case "settle":
        await this.settle(handoff, step.end);
        return;
      default:
    }
  }

  /** The key makes it one message, however often a daemon dies here. */
  async #submit(handoff: HandoffRecord): Promise<void> {
    const { handoffs, workers, postman, clock, failpoint } = this.#ports;
    const { id, terminalId, from, expiresAt } = handoff;
    let { messageId } = handoff;
    if (messageId === null) {
      const ttlMs = Math.max(1, expiresAt - clock.now());
      const asked = { to: terminalId ?? "", body: workers.bodyFor(handoff), ttlMs, dedupeKey: id };
      const [message] = await postman.send(asked, from);
      failpoint?.("handoff.after-message");
      messageId = message?.id ?? null;
    }
    if (messageId === null) throw new Error(`handoff ${id} became no message`);
    await handoffs.move(id, { signal: "submit", messageId }, clock.now());
    failpoint?.("handoff.after-submit");
  }

  /** A sender that waits for the result hears of it by its own call. */
  async #ask(handoff: HandoffRecord, question: string): Promise<void> {
    const { handoffs, postman, clock, terminals } = this.#ports;
    await handoffs.move(handoff.id, { signal: "ask", question }, clock.now());
    const sender = terminals().byId(terminalOfActor(handoff.from) ?? "");
    if (handoff.kind !== "assignment" || sender?.isLive !== true) return;
    const body = questionText(handoff, question);
    const dedupeKey = `question of ${handoff.id} at ${clock.now()}`;
    await postman.send({ to: sender.record.id, body, dedupeKey }, "daemon");
  }

  /** What cannot be done ends the handoff; what may go by itself is tried again until its time is over. */
  async #refused(handoff: HandoffRecord, error: unknown): Promise<void> {
    if (!(error instanceof ConductorError) || ERROR_CODES[error.code].retry) throw error;
    if (error.code.startsWith("store.")) throw error;
    const hint = error.hint === undefined ? "" : ` (${error.hint})`;
    const told = { code: error.code, message: `${error.message}${hint}`, screen: null };
    await this.settle(handoff, { signal: "fail", error: told });
  }

  /** Its result is stored: only now is the worker let go. */
  async #conclude(handoff: HandoffRecord): Promise<void> {
    const { handoffs, workers, clock, failpoint } = this.#ports;
    const { id } = handoff;
    if (handoff.releasedAt === null) {
      failpoint?.("handoff.before-release");
      if (handoff.state !== "done") await this.#cancelBelow(handoff);
      if (!(await workers.letGo(handoff))) return;
      await handoffs.release(id, clock.now());
      failpoint?.("handoff.after-release");
    }
    const waits = handoff.returned === null ? this.#untilTold(handoff) : 0;
    if (waits > 0) return this.#rounds.arm(id, waits);
    if (handoff.returned === null) await handoffs.tell(id, clock.now());
    this.#rounds.disarm(id);
    this.#tracked.delete(id);
  }

  /** A sender that was cut off by a restart gets its time again. */
  #untilTold({ settledAt }: HandoffRecord): number {
    const from = Math.max(settledAt ?? 0, this.#startedAt);
    return from + this.#ports.returnMs - this.#ports.clock.now();
  }

  /** What the worker itself handed on is wanted by nobody any more. */
  async #cancelBelow({ id }: HandoffRecord): Promise<void> {
    for (const below of this.#tracked.values()) {
      if (below.parent === id) await this.#stop(below, { why: "what it was for was stopped" });
    }
  }

  async #stop(
    handoff: HandoffRecord,
    { why, unwanted = false }: { readonly why: string; readonly unwanted?: boolean },
  ): Promise<void> {
    if (isSettled(handoff)) return;
    const error = { code: "state.conflict", message: why, screen: null };
    await this.settle(handoff, { signal: "cancel", error, by: "daemon", unwanted });
  }
}

function concerns({ subject, data }: JournalEvent, messageId: string): boolean {
  return subject === messageId || data["message"] === messageId;
}
