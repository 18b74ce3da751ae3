/**
 * Follows the file in which each agent's CLI writes down its session: what it says there is the agent's own
 * word, what its model's calls took is counted. A file is followed only where it is certain whose it is: our
 * session id is in its path, a hook named it, or the terminal's own process holds it open.
 */
import { basename, dirname, join } from "node:path";
import type { Clock, Instant } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Terminal } from "../core/terminals/index.ts";
import {
  type Line,
  type NewUsage,
  type TranscriptPath,
  type TranscriptReader,
  type TranscriptStore,
  transcriptPath,
  transcriptReaders,
} from "../core/transcripts/index.ts";
import { type Tail, type TailPosition, tailFile } from "../drivers/files/index.ts";
import type { AgentVoice } from "./agent-events.ts";
import { realFolder } from "./agent-sessions.ts";
import type { Catalog } from "./catalog.ts";

export interface TranscriptsPorts {
  readonly store: TranscriptStore;
  readonly catalog: Pick<Catalog, "running">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly voice: AgentVoice;
  /** Files that the pane's processes hold open. */
  readonly openFiles: (pid: number) => readonly string[];
}

export interface Transcripts extends Disposable {
  /** Called on each look: a terminal's file is found, and read on where its watch was silent. */
  observe(terminal: Terminal): void;
  /** Resolves once all that stands in its file by now was told. */
  catchUp(terminal: Terminal): Promise<void>;
  /** A hook of the agent's own names its file. */
  told(terminal: Terminal, path: string): void;
  /** Its agent has ended: what it wrote last is read, and no more. */
  ended(terminal: Terminal): void;
  /** Its file is known, so that its word is to be expected. */
  follows(terminal: Terminal): boolean;
}

/** Between two looks at what nothing tells of. */
const POKE_MS = 500;
const CATCH_UP_MS = 2_000;

export function createTranscripts(ports: TranscriptsPorts): Transcripts {
  const all = new Map<string, Followed>();
  const of = (terminal: Terminal, isAdopted = false): Followed | undefined => {
    const { id, launch } = terminal.record;
    const known = all.get(id);
    if (known?.terminal === terminal) return known;
    known?.[Symbol.dispose]();
    all.delete(id);
    if (launch.transcriptRoot === undefined || !terminal.isLive) return undefined;
    const followed = followedOf(ports, terminal, { root: launch.transcriptRoot, isAdopted });
    if (followed !== undefined) all.set(id, followed);
    return followed;
  };
  return {
    observe: (terminal) => of(terminal)?.observe(),
    catchUp: async (terminal) => of(terminal, true)?.catchUp(),
    told: (terminal, path) => of(terminal)?.told(path),
    ended: (terminal) => {
      const { id } = terminal.record;
      const known = all.get(id);
      all.delete(id);
      known?.end();
    },
    follows: (terminal) => of(terminal)?.path !== undefined,
    [Symbol.dispose]: () => {
      for (const followed of all.values()) followed[Symbol.dispose]();
      all.clear();
    },
  };
}

function followedOf(
  ports: TranscriptsPorts,
  terminal: Terminal,
  { root, isAdopted }: { readonly root: string; readonly isAdopted: boolean },
): Followed | undefined {
  const { transcript } = ports.catalog.running(terminal.record.provider);
  const make = transcriptReaders[transcript?.format ?? ""];
  if (transcript === undefined || make === undefined) return undefined;
  const { cwd, launch } = terminal.record;
  const place = { root: realFolder(root), path: transcript.path, cwd: realFolder(cwd) };
  const own = transcriptPath({ ...place, session: launch.agentSession ?? null });
  const any = transcriptPath({ ...place, session: null });
  return new Followed(ports, terminal, { own, any: any.pattern, make, isAdopted });
}

interface Places {
  readonly own: TranscriptPath;
  /** What the file of any session of this CLI in this folder is called. */
  readonly any: RegExp;
  readonly make: () => TranscriptReader;
  /** It ran already when this daemon started: what it wrote meanwhile is news. */
  readonly isAdopted: boolean;
}

class Followed implements Disposable {
  readonly terminal: Terminal;
  readonly #ports: TranscriptsPorts;
  readonly #places: Places;
  #tail: Tail | undefined;
  #reader: TranscriptReader;
  /** Nothing before it is news: it was told already, or is of a time before this launch. */
  #since: Instant;
  #newest: Instant = 0;
  /** Where the prompt of the turn that is under way begins. */
  #prompt: number | undefined;
  #lastPoke = 0;
  /** Where to begin is known. */
  readonly #isReady: Promise<void>;
  #isOver = false;

  constructor(ports: TranscriptsPorts, terminal: Terminal, places: Places) {
    this.#ports = ports;
    this.terminal = terminal;
    this.#places = places;
    this.#reader = places.make();
    this.#since = terminal.record.statusAt;
    this.#isReady = this.#begin();
  }

  get path(): string | undefined {
    return this.#tail?.path;
  }

  observe(): void {
    const now = this.#ports.clock.now();
    if (now - this.#lastPoke < POKE_MS) return;
    this.#lastPoke = now;
    const { pid } = this.terminal.record;
    if (!this.#places.own.isExact && pid !== null) {
      const open = this.#ports.openFiles(pid).find((file) => this.#places.any.test(file));
      if (open !== undefined && open !== this.path) this.#switch(open);
    }
    this.#poke();
  }

  /** A file that takes longer is read on while its terminal is looked at already. */
  async catchUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(CATCH_UP_MS, resolve);
    const read = this.#isReady.then(() => this.#tail?.poke());
    await Promise.race([read, promise]);
    cancel();
  }

  told(path: string): void {
    const real = join(realFolder(dirname(path)), basename(path));
    if (real !== this.path && this.#places.any.test(real)) this.#switch(real);
  }

  end(): void {
    void this.#isReady.then(() => this.#tail?.poke()).finally(() => this[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#tail?.[Symbol.dispose]();
  }

  /** Where the daemon before left off; else at the beginning of the session that was launched. */
  async #begin(): Promise<void> {
    const { file } = this.#places.own;
    if (file !== undefined) this.#follow(file, "start");
    const known = await this.#ports.store.position(this.terminal.record.id).catch(() => undefined);
    if (known === undefined || this.#isOver || !this.#places.any.test(known.path)) return;
    if (file !== undefined && file !== known.path) return;
    if (this.#places.isAdopted) this.#since = 0;
    this.#follow(known.path, { inode: known.inode, offset: known.offset });
  }

  #switch(path: string): void {
    void this.#isReady.then(() => {
      if (this.#isOver || path === this.path) return;
      this.#since = Math.max(this.#since, this.#newest);
      this.#follow(path, "start");
      this.#poke();
    });
  }

  #follow(path: string, from: TailPosition | "start"): void {
    this.#tail?.[Symbol.dispose]();
    this.#reader = this.#places.make();
    this.#prompt = undefined;
    this.#tail = tailFile(path, {
      from,
      onLines: (lines, position) => this.#read(lines, { path, ...position }),
      onReset: () => {
        this.#reader = this.#places.make();
        this.#prompt = undefined;
        this.#since = Math.max(this.#since, this.#newest + 1);
      },
      onError: (error) => {
        const { id } = this.terminal.record;
        this.#ports.log.warn(
          { terminal: id, error: describeError(error) },
          "a transcript is unread",
        );
      },
    });
  }

  #poke(): void {
    void this.#isReady.then(() => this.#tail?.poke());
  }

  #read(lines: readonly Line[], position: TailPosition & { readonly path: string }): void {
    const usage: NewUsage[] = [];
    for (const { text, from } of lines) {
      for (const { at, event } of this.#reader.read(text)) {
        const time = at ?? this.#ports.clock.now();
        if (event.kind === "prompt") this.#prompt = from;
        if (event.kind === "turnEnded") this.#prompt = undefined;
        if (time < this.#since) continue;
        this.#newest = Math.max(this.#newest, at ?? 0);
        if (event.kind === "usage") usage.push({ ...event, at: time });
        else if (event.kind === "session") this.#wrote(this.terminal.knowSession(event.id));
        else this.#ports.voice(this.terminal, { source: "transcript", at: time, event });
      }
    }
    this.#record({ ...position, offset: this.#prompt ?? position.offset }, usage);
  }

  #record(
    position: { path: string; inode: string; offset: number },
    usage: readonly NewUsage[],
  ): void {
    const { id, session, name, provider } = this.terminal.record;
    const { turn } = this.terminal;
    const first = usage[0]?.at ?? 0;
    const isOfTurn =
      turn !== undefined && first >= turn.startedAt && first <= (turn.endedAt ?? first);
    const owner = { terminalId: id, session, name, provider, turnId: isOfTurn ? turn.id : null };
    this.#wrote(this.#ports.store.record(owner, position, usage));
  }

  #wrote(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const { id } = this.terminal.record;
      this.#ports.log.warn(
        { terminal: id, error: describeError(error) },
        "a transcript's facts were not stored",
      );
    });
  }
}
