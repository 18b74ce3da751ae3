/**
 * Drives an agent by its CLI's own mode for programs: a process for each prompt, which is its standard input,
 * and which goes on when the daemon dies. What it prints is tailed.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { printable } from "../base/printable.ts";
import type { AgentEvent, Terminal } from "../core/terminals/index.ts";
import { streamReaders, type TranscriptReader } from "../core/transcripts/index.ts";
import { type Tail, tailFile } from "../drivers/files/tail.ts";
import {
  type Detached,
  followDetached,
  preventDetached,
  startDetached,
} from "../drivers/process/detached.ts";
import type { Plan } from "./launch-plan.ts";
import type { Assignment, Drive, Work, WorkListener } from "./paneless.ts";

export interface HeadlessPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** What its next process is, with its conversation. */
  readonly plan: (terminal: Terminal) => Promise<Plan>;
  /** Of what its CLI prints. */
  readonly format: (provider: string) => string | undefined;
  /** A process that prints more is ended. */
  readonly maxBytes?: number;
}

type End = Extract<AgentEvent, { kind: "turnEnded" }>;

const MAX_BYTES = 256 * 1024 * 1024;
/** As much of a failed program's complaint as helps. */
const COMPLAINT_CHARS = 2_000;
const LOG_BYTES = 1024 * 1024;
/** Some take a signal as a word to the model, or write something down first. */
const GRACE_MS = 5_000;

export function createHeadless(ports: HeadlessPorts): Drive {
  const running = new Map<string, HeadlessWork>();
  return {
    begin: async ({ terminal, folder, text }) => {
      const { spec } = await ports.plan(terminal);
      const { id } = terminal.record;
      const { argv, env } = spec.own(id);
      const wrapper = spec.wrapper?.(id) ?? [];
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, "in"), text, { mode: 0o600 });
      await startDetached({ folder, argv: [...wrapper, ...argv], env, cwd: spec.cwd });
    },
    hasBegun: async ({ folder }) => !preventDetached(folder),
    follow: (work, listener) => {
      const format = ports.format(work.terminal.record.provider) ?? "";
      const reader = streamReaders[format]?.() ?? SILENT;
      const followed = new HeadlessWork(ports, work, { reader, listener });
      running.set(work.terminal.record.id, followed);
      void followed.ended.then(() => running.delete(work.terminal.record.id));
      return followed;
    },
    end: async ({ record }) => running.get(record.id)?.kill(),
  };
}

const SILENT: TranscriptReader = { read: () => [] };

class HeadlessWork implements Work {
  readonly ended: Promise<End>;
  readonly #ports: HeadlessPorts;
  readonly #work: Assignment;
  readonly #process: Detached;
  readonly #tails: readonly Tail[];
  #cancel: () => void = () => undefined;
  /** What it said of its end: believed once the process is gone. */
  #end: End | undefined;
  #complaint = "";
  #isTooMuch = false;

  constructor(
    ports: HeadlessPorts,
    work: Assignment,
    from: { readonly reader: TranscriptReader; readonly listener: WorkListener },
  ) {
    this.#ports = ports;
    this.#work = work;
    this.#process = followDetached(work.folder, ports.clock);
    this.#tails = [
      this.#follow("out", (line) => this.#read(from.reader, from.listener, line)),
      this.#follow("err", (line) => {
        this.#complaint = `${this.#complaint}\n${line}`.slice(-COMPLAINT_CHARS);
      }),
    ];
    this.ended = this.#process.ended.then((code) => this.#over(code));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  interrupt(): void {
    this.#process.signal("SIGINT");
    this.#after(() => this.kill());
  }

  kill(): void {
    this.#process.signal("SIGTERM");
    this.#after(() => this.#process.signal("SIGKILL"));
  }

  forget(): void {
    const { folder, terminal } = this.#work;
    keepLast(folder, terminal.record.logPath);
    rmSync(folder, { recursive: true, force: true });
  }

  release(): void {
    this.#cancel();
    this.#process[Symbol.dispose]();
    for (const tail of this.#tails) tail[Symbol.dispose]();
  }

  #after(run: () => void): void {
    this.#cancel();
    this.#cancel = this.#ports.clock.after(GRACE_MS, run);
  }

  #follow(name: string, onLine: (line: string) => void): Tail {
    const path = join(this.#work.folder, name);
    const tail = tailFile(path, {
      from: "start",
      onLines: (lines) => {
        for (const { text } of lines) onLine(text);
      },
      onBytes: (total) => {
        if (total > (this.#ports.maxBytes ?? MAX_BYTES)) this.#tooMuch();
      },
      onReset: () => undefined,
      onError: (error) =>
        this.#ports.log.warn({ path, error: describeError(error) }, "an agent's output is unread"),
    });
    void tail.poke();
    return tail;
  }

  #read(reader: TranscriptReader, listener: WorkListener, line: string): void {
    const { messageId } = this.#work;
    for (const { event } of reader.read(line)) {
      if (event.kind === "turnEnded") this.#end = event;
      else if (event.kind === "session") listener.session(event.id);
      else if (event.kind === "usage") {
        const { kind: _kind, ...usage } = event;
        const at = this.#ports.clock.now();
        listener.usage({ ...usage, key: `${messageId}:${usage.key}`, at });
      } else listener.word(event);
    }
  }

  #tooMuch(): void {
    if (this.#isTooMuch) return;
    this.#isTooMuch = true;
    this.#process.signal("SIGKILL");
  }

  async #over(code: number | null): Promise<End> {
    await Promise.all(this.#tails.map((tail) => tail.poke()));
    this.release();
    if (this.#isTooMuch) return failure("it printed more than is read, and was ended");
    if (this.#end !== undefined) return this.#end;
    const how = code === null ? "was killed" : `ended with ${code}`;
    const complaint = printable(this.#complaint).trim();
    return failure(
      `its process ${how} without a result${complaint === "" ? "" : `: ${complaint}`}`,
    );
  }
}

function failure(why: string): End {
  return { kind: "turnEnded", state: "failed", detail: "failed", answer: why };
}

/** For `conductor logs`. */
function keepLast(folder: string, logPath: string): void {
  for (const name of ["out", "err"]) {
    try {
      const text = readFileSync(join(folder, name)).subarray(-LOG_BYTES);
      appendFileSync(logPath, text, { mode: 0o600 });
    } catch {
      // It printed nothing.
    }
  }
}
