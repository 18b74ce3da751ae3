/**
 * Brings messages to agents that have no pane, and their turns to an end: the same inbox, leases and turns as
 * in a pane, while a drive of the terminal's own kind does the work.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import type { Turn } from "../contract/terminals.ts";
import type { Claim, MessageStore } from "../core/messages/index.ts";
import type { AgentEvent, PanelessDriver, Terminal } from "../core/terminals/index.ts";
import type { NewUsage } from "../core/transcripts/index.ts";
import type { AgentVoice } from "./agent-events.ts";

/** Work on one prompt, now or since an earlier daemon. */
export interface Work {
  /** Told of its end last; the drive tells nothing after it. */
  readonly ended: Promise<Extract<AgentEvent, { kind: "turnEnded" }>>;
  /** Leads the process group, where one runs. */
  readonly pid: number | undefined;
  interrupt(): void;
  /** The turn's end is stored: what it left can go. */
  forget(): void;
  /** Stops listening; the work goes on. */
  release(): void;
}

export interface WorkListener {
  readonly word: (event: AgentEvent) => void;
  readonly usage: (usage: NewUsage) => void;
  /** The CLI's own session. */
  readonly session: (id: string) => void;
}

export interface Assignment {
  readonly terminal: Terminal;
  readonly messageId: string;
  /** A place of this work's own, which is there before it begins. */
  readonly folder: string;
}

export interface Drive {
  /** Resolves when it has begun, and cannot be taken back. */
  begin(work: Assignment & { readonly text: string }): Promise<void>;
  /**
   * Whether what a daemon before this one was about to begin has begun. False is a promise that it never will;
   * throws where nobody can tell.
   */
  hasBegun(work: Assignment): Promise<boolean>;
  follow(work: Assignment, listener: WorkListener): Work;
  /** Not before that does it take the next prompt of that terminal, whose folder this is. */
  readyAt?(terminal: Terminal, folder: string): number;
  /** Of an agent that goes on between its prompts. */
  end(terminal: Terminal): Promise<void>;
}

export interface PanelessPorts {
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly voice: AgentVoice;
  readonly drives: Readonly<Record<string, Drive>>;
  /** Of a terminal each. */
  readonly folder: string;
  readonly usage: (terminal: Terminal, turnId: string, usage: NewUsage) => Promise<void>;
  /** The environment that its next process gets. */
  readonly keepEnvironment: (terminalId: string, env: Readonly<Record<string, string>>) => void;
  /** With which a process that runs was started, without what our gate put there. */
  readonly environmentOf: (pid: number) => Readonly<Record<string, string>> | undefined;
  readonly pausedUntil: (terminal: Terminal) => number | undefined;
  readonly kick: (terminal: Terminal) => void;
  readonly failpoint: ((name: PanelessFailpoint) => void) | undefined;
}

/** Where a test ends the daemon: it is claimed, it may begin, it has begun, its turn stands, it is over. */
export const PANELESS_FAILPOINTS = [
  "paneless.after-claim",
  "paneless.after-mark",
  "paneless.after-begin",
  "paneless.after-turn",
  "paneless.before-end",
  "paneless.after-end",
] as const;
export type PanelessFailpoint = (typeof PANELESS_FAILPOINTS)[number];

export interface Paneless extends PanelessDriver, Disposable {
  deliverNext(terminal: Terminal): Promise<"delivered" | "waits" | "nothing">;
}

const LEASE_MS = 15 * 60_000;
/** There is no screen to compare with. */
const NO_MARK = { hash: "", seen: 0 };

export function createPaneless(ports: PanelessPorts): Paneless {
  return new Driver(ports);
}

class Driver implements Paneless {
  readonly #ports: PanelessPorts;
  readonly #works = new Map<string, Work>();
  /** By terminal, what takes back that it is looked after later. */
  readonly #later = new Map<string, () => void>();
  #isOver = false;

  constructor(ports: PanelessPorts) {
    this.#ports = ports;
  }

  async deliverNext(terminal: Terminal): Promise<"delivered" | "waits" | "nothing"> {
    const { messages, clock, pausedUntil } = this.#ports;
    const { id } = terminal.record;
    if (this.#works.has(id) || terminal.isLeaving || pausedUntil(terminal) !== undefined)
      return "waits";
    const [unsettled] = await messages.unsettled(id);
    if (unsettled !== undefined) return this.#recover(terminal, unsettled);
    const readyAt = this.#driveOf(terminal).readyAt?.(terminal, join(this.#ports.folder, id)) ?? 0;
    if (readyAt > clock.now()) return this.#waitUntil(terminal, readyAt);
    const claim = await messages.claimNext(id, clock.now(), LEASE_MS);
    if (claim === undefined) return "nothing";
    this.#ports.failpoint?.("paneless.after-claim");
    return this.#begin(terminal, claim);
  }

  open({ record }: Terminal, env: Readonly<Record<string, string>>): void {
    this.#ports.keepEnvironment(record.id, env);
  }

  async adopt(terminal: Terminal): Promise<void> {
    const { turn } = terminal;
    await terminal.patch({ pid: null }, null);
    if (turn?.messageId != null && turn.endedAt === null) {
      await this.#follow(terminal, turn);
      const { id, pid } = terminal.record;
      const env = pid === null ? undefined : this.#ports.environmentOf(pid);
      if (env !== undefined) this.#ports.keepEnvironment(id, env);
      return;
    }
    const at = this.#ports.clock.now();
    await terminal.onSignal({ kind: "process", at, status: "idle" });
  }

  interrupt(terminal: Terminal): void {
    this.#works.get(terminal.record.id)?.interrupt();
  }

  async end(terminal: Terminal): Promise<void> {
    this.#later.get(terminal.record.id)?.();
    const work = this.#works.get(terminal.record.id);
    work?.interrupt();
    await this.#driveOf(terminal).end(terminal);
    await work?.ended;
    await rm(join(this.#ports.folder, terminal.record.id), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const cancel of this.#later.values()) cancel();
    for (const work of this.#works.values()) work.release();
  }

  #driveOf({ record }: Terminal): Drive {
    const { connector = "tmux" } = record.launch;
    const drive = this.#ports.drives[connector];
    if (drive !== undefined) return drive;
    throw new ConductorError("internal", `${record.name} is driven by ${connector}`);
  }

  #assignment(terminal: Terminal, messageId: string): Assignment {
    return {
      terminal,
      messageId,
      folder: join(this.#ports.folder, terminal.record.id, messageId),
    };
  }

  #waitUntil(terminal: Terminal, at: number): "waits" {
    const { clock, kick } = this.#ports;
    const { id } = terminal.record;
    this.#later.get(id)?.();
    const run = (): void => {
      this.#later.delete(id);
      kick(terminal);
    };
    this.#later.set(id, clock.after(at - clock.now(), run));
    return "waits";
  }

  async #recover(terminal: Terminal, claim: Claim): Promise<"delivered" | "waits"> {
    const { messages, clock } = this.#ports;
    const { message, attempt, fence } = claim;
    const requeue = async (why: string): Promise<"waits"> => {
      await messages.requeue(message.id, fence, why, clock.now());
      this.#ports.kick(terminal);
      return "waits";
    };
    if (attempt.typedAt === null) return requeue("the daemon ended before it began");
    try {
      const work = this.#assignment(terminal, message.id);
      if (!(await this.#driveOf(terminal).hasBegun(work))) return await requeue("it never began");
    } catch (error) {
      return this.#failed(terminal, claim, `uncertain: ${describeError(error)}`);
    }
    return this.#took(terminal, claim, attempt.typedAt);
  }

  async #begin(terminal: Terminal, claim: Claim): Promise<"delivered" | "waits"> {
    const { messages, clock, failpoint } = this.#ports;
    const { message, fence } = claim;
    const startedAt = clock.now();
    try {
      await messages.markTyping(message.id, fence, startedAt, NO_MARK);
    } catch (error) {
      // It was cancelled at this moment.
      if (error instanceof ConductorError && error.code === "state.conflict") return "waits";
      throw error;
    }
    failpoint?.("paneless.after-mark");
    try {
      const work = this.#assignment(terminal, message.id);
      await this.#driveOf(terminal).begin({ ...work, text: message.body });
    } catch (error) {
      const hint = error instanceof ConductorError && error.hint ? ` (${error.hint})` : "";
      return this.#failed(terminal, claim, `${describeError(error)}${hint}`);
    }
    failpoint?.("paneless.after-begin");
    return this.#took(terminal, claim, startedAt);
  }

  async #failed(terminal: Terminal, { message, fence }: Claim, why: string): Promise<"waits"> {
    await this.#ports.messages.fail(message.id, fence, why, this.#ports.clock.now());
    this.#ports.kick(terminal);
    return "waits";
  }

  async #took(terminal: Terminal, claim: Claim, startedAt: number): Promise<"delivered"> {
    const { messages, clock, failpoint } = this.#ports;
    const { message, fence } = claim;
    const turn: Turn = {
      id: newId("turn", startedAt),
      terminalId: terminal.record.id,
      messageId: message.id,
      state: "running",
      startedAt,
      endedAt: null,
      result: null,
    };
    await messages.deliver(message.id, fence, "process", turn, clock.now());
    failpoint?.("paneless.after-turn");
    terminal.turnStarted(turn);
    await this.#follow(terminal, turn);
    return "delivered";
  }

  /** Its words count for the turn; its end is told when all else was. */
  async #follow(terminal: Terminal, turn: Turn): Promise<void> {
    const { clock, voice } = this.#ports;
    const { id } = terminal.record;
    const say = (event: AgentEvent): void =>
      voice(terminal, { source: "transcript", at: clock.now(), event });
    say({ kind: "prompt", text: "" });
    await terminal.onSignal({ kind: "process", at: clock.now(), status: "working" });
    const work = this.#driveOf(terminal).follow(this.#assignment(terminal, turn.messageId ?? ""), {
      word: say,
      usage: (usage) => this.#stored(terminal, this.#ports.usage(terminal, turn.id, usage)),
      session: (session) => this.#knows(terminal, session),
    });
    this.#works.set(id, work);
    if (work.pid !== undefined) await terminal.patch({ pid: work.pid }, null);
    void this.#untilEnd(terminal, work);
  }

  async #untilEnd(terminal: Terminal, work: Work): Promise<void> {
    const { clock, failpoint, voice, kick } = this.#ports;
    const end = await work.ended;
    if (this.#isOver) return;
    try {
      failpoint?.("paneless.before-end");
      voice(terminal, { source: "transcript", at: clock.now(), event: end });
      await terminal.settled();
      failpoint?.("paneless.after-end");
      await terminal.patch({ pid: null }, null);
      await terminal.onSignal({ kind: "process", at: clock.now(), status: "idle" });
      work.forget();
    } catch (error) {
      const fields = { terminal: terminal.record.id, error: describeError(error) };
      this.#ports.log.error(fields, "the end of a prompt's work was not stored");
    } finally {
      this.#works.delete(terminal.record.id);
      kick(terminal);
    }
  }

  #knows(terminal: Terminal, session: string): void {
    const { launch } = terminal.record;
    if (launch.agentSession === session) return;
    const known = terminal.patch({ launch: { ...launch, agentSession: session } }, null);
    this.#stored(terminal, known);
  }

  #stored(terminal: Terminal, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const fields = { terminal: terminal.record.id, error: describeError(error) };
      this.#ports.log.warn(fields, "what an agent told of its work was not stored");
    });
  }
}
