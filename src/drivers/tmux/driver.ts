import type { Clock } from "../../base/clock.ts";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type {
  Key,
  PaneDriver,
  PaneFacts,
  PaneSignal,
  Screen,
  SpawnPane,
} from "../../core/terminals/index.ts";
import { CommandBudget } from "./budget.ts";
import type { ChannelKind, OpenChannel } from "./channel.ts";
import {
  killPane,
  killSession,
  killWindow,
  listClients,
  listPanesOf,
  renameWindow,
  setGlobalOption,
  showMessage,
} from "./commands.ts";
import type { PaneRow } from "./facts.ts";
import { pasteText, pressAllowed } from "./input.ts";
import type { LinkPorts } from "./link.ts";
import { Pane } from "./pane.ts";
import { sizeOfLog } from "./pane-log.ts";
import type { SessionRow, TmuxServer } from "./server.ts";
import { decode, Session, type SessionPlace } from "./session.ts";
import { spawnPane } from "./spawn.ts";
import { isAtLeast } from "./version.ts";
import { type ViewerHow, viewerArgv } from "./viewer.ts";
import { PEOPLE_FORMAT, readPeople } from "./viewers.ts";

const MOST_OUTSTANDING = 32;
const CLOSE_MS = 2000;
/** How long a message stays. */
const SHOWN_MS = 8000;

export interface TmuxDriverOptions {
  /** The private server's name, as in `tmux -L`. */
  readonly socket: string;
  /** Where the server's configuration is written; a person's own stands in `userConfigPath`. */
  readonly configPath: string;
  readonly userConfigPath?: string;
  /** For files that live a moment and hold secrets; made with mode 0700. */
  readonly runtimeDir: string;
  readonly size: { readonly columns: number; readonly rows: number };
  /** What the session's key for the side pane runs, by `sh`. */
  readonly panelCommand?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The port of `core`, and what only this driver can say. */
export interface TmuxDriver extends PaneDriver {
  /** Who can speak to it can do all that its user can. */
  readonly socketPath: string;
  /** True while the pane's app asks for pasted text to be bracketed; newlines submit where it does not. */
  isBracketed(paneId: string): boolean;
  /** What a person's terminal runs to watch the pane. @throws {ConductorError} `pane.gone` */
  viewer(paneId: string, how: ViewerHow): readonly string[];
}

export interface ChosenChannel {
  readonly kind: ChannelKind;
  readonly open: OpenChannel;
}

/** All calls on panes; what one session knows stands in `session.ts`. */
export class Driver implements TmuxDriver {
  readonly channel: ChannelKind;
  readonly tmuxVersion: string;
  readonly socketPath: string;
  readonly #options: TmuxDriverOptions;
  readonly #server: TmuxServer;
  readonly #linkPorts: LinkPorts;
  readonly #sessions = new Map<string, Session>();
  readonly #opening = new Map<string, Promise<Session>>();
  readonly #listeners = new Set<(signal: PaneSignal) => void>();
  #lastKill: Promise<unknown> = Promise.resolve();
  readonly #onOver = new Set<() => void>();
  #isServerLost = false;

  constructor(options: TmuxDriverOptions, server: TmuxServer, chosen: ChosenChannel) {
    this.channel = chosen.kind;
    this.tmuxVersion = server.version;
    this.socketPath = server.socketPath;
    this.#options = options;
    this.#server = server;
    this.#linkPorts = {
      open: (id) =>
        chosen.open({
          args: [...server.args, "attach", "-t", id, "-f", "ignore-size,pause-after=5"],
          env: server.env,
        }),
      sessionState: (id) => server.sessionState(id),
      canSubscribe: isAtLeast(server.version, [3, 7]),
      budget: new CommandBudget(MOST_OUTSTANDING),
      clock: options.clock,
      log: options.log,
    };
  }

  signals(listener: (signal: PaneSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async openSession(name: string, size: { columns: number; rows: number }): Promise<void> {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw new ConductorError("usage.invalid", `"${name}" is no name for a session`, {
        hint: "use letters, digits, - and _",
      });
    }
    await this.#untilOver(name);
    await this.#connect({ name, size }, async () => {
      const there = (await this.#server.sessions())?.find((row) => row.name === name);
      return there ?? this.#server.newSession(name, size);
    });
  }

  async adopt(): Promise<readonly PaneFacts[]> {
    const rows = await this.#server.panes();
    const ours = new Map<string, PaneRow>();
    for (const row of rows) {
      // A viewer's session shows the same panes; the session that they were made in comes first.
      const isHome = row.ours?.note.session === row.sessionName;
      if (row.ours !== undefined && (isHome || !ours.has(row.paneId))) ours.set(row.paneId, row);
    }
    const found = await Promise.all(
      [...ours.values()].map(async (row) => {
        const name = row.ours?.note.session ?? "";
        const { size } = this.#options;
        const session = await this.#connect({ name, size }, () => ({ id: row.sessionId }));
        return this.#follow(session, row);
      }),
    );
    return found.flat();
  }

  async spawn(spec: SpawnPane): Promise<PaneFacts> {
    const session = this.#session(spec.session);
    const { runtimeDir } = this.#options;
    const logFrom = sizeOfLog(spec.logPath);
    const row = await spawnPane({ link: session.link, size: session.size, runtimeDir }, spec);
    this.#follow(session, row, logFrom);
    return row.ours.facts;
  }

  capture(paneId: string, options: { historyLines?: number } = {}): Promise<Screen> {
    return this.#with(paneId, (pane) => pane.capture(options.historyLines));
  }

  facts(paneId: string): Promise<PaneFacts> {
    return this.#with(paneId, (pane) => pane.readFacts());
  }

  isBracketed(paneId: string): boolean {
    return this.#pane(paneId).isBracketed;
  }

  mayBeBracketed(paneId: string): boolean {
    return this.#pane(paneId).mayBeBracketed;
  }

  viewer(paneId: string, how: ViewerHow): readonly string[] {
    const { session, windowId } = this.#pane(paneId);
    return viewerArgv({ socketPath: this.#server.socketPath, session, windowId }, how);
  }

  async paste(
    paneId: string,
    text: string,
    options: { keepLineFeeds?: boolean } = {},
  ): Promise<void> {
    const pane = this.#pane(paneId);
    const ports = {
      link: pane.link,
      runtimeDir: this.#options.runtimeDir,
      needsRawFlag: isAtLeast(this.tmuxVersion, [3, 7]),
    };
    await pane.input.run(async () => {
      await assertTakesInput(pane);
      const { isBracketed } = pane;
      const keepLineFeeds = options.keepLineFeeds ?? false;
      await pasteText(ports, { paneId, text, keepLineFeeds, isBracketed });
    });
  }

  async keys(paneId: string, keys: readonly Key[]): Promise<void> {
    const pane = this.#pane(paneId);
    await pane.input.run(async () => {
      await assertTakesInput(pane);
      await pressAllowed(pane.link, this.#options.clock, paneId, keys);
    });
  }

  async rename(paneId: string, name: string): Promise<void> {
    await this.#pane(paneId).link.run([renameWindow(paneId, name)]);
  }

  async kill(paneId: string): Promise<void> {
    await this.#apart(async () => {
      const pane = this.#pane(paneId);
      const { link } = pane;
      try {
        await link.run([listPanesOf(link.sessionId)]);
        await link.run([killPane(paneId)]);
      } catch (error) {
        // With its last pane a session ends, and may take the connection along before the answer.
        const isLost = error instanceof ConductorError && error.code === "tmux.lost";
        if (!isLost || (await this.#server.sessionState(link.sessionId)) === "there") throw error;
      }
      this.#gone(pane);
    });
  }

  /** One that has ended with its last window is over already. */
  async endSession(name: string): Promise<void> {
    await this.#apart(async () => {
      const session = this.#sessions.get(name);
      if (session === undefined) return;
      const rows = (await this.#server.sessions()) ?? [];
      // People's views keep the windows alive unless they end first.
      for (const row of viewsOf(rows, session.link.sessionId)) {
        await session.link.run([killSession(row.id)]).catch(() => undefined);
      }
      session.tell(killSession(session.link.sessionId));
      await this.#over(session);
    });
  }

  startLog(paneId: string): Promise<void> {
    return this.#with(paneId, (pane) => pane.startLog());
  }

  async setOption(name: `@conductor_${string}`, value: string): Promise<void> {
    if (!/^@conductor_[a-z0-9_]+$/.test(name)) {
      throw new ConductorError("usage.invalid", `"${name}" is not an option of ours`);
    }
    const [session] = this.#sessions.values();
    await session?.link.run([setGlobalOption(name, value)]);
  }

  async announce(text: string): Promise<number> {
    const [session] = this.#sessions.values();
    if (session === undefined) return 0;
    const [reply] = await session.link.run([listClients(PEOPLE_FORMAT)]);
    const people = readPeople(decode(reply));
    const shown = await Promise.allSettled(
      people.map((client) => session.link.run([showMessage(client, text, SHOWN_MS)])),
    );
    // Who went away meanwhile saw nothing.
    return shown.filter(({ status }) => status === "fulfilled").length;
  }

  async close(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_MS);
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const resolve of this.#onOver) resolve();
    await Promise.all(
      sessions.map(async (session) => {
        session.dispose();
        await session.link.close(signal);
      }),
    );
  }

  /**
   * What ends windows is done one after the other, each after an answer to the one before: tmux 3.3a crashes,
   * and takes every agent along, when a session ends in the same breath in which its current window changed.
   */
  #apart<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastKill.then(work);
    this.#lastKill = result.catch(() => undefined);
    return result;
  }

  /** tmux ends a session with its last window, before its connection says so. */
  async #untilOver(name: string): Promise<void> {
    const session = this.#sessions.get(name);
    if (session === undefined || session.panes.size > 0) return;
    const state = await this.#server.sessionState(session.link.sessionId);
    if (state !== "there") await this.#over(session);
  }

  /** Resolves when the driver has let go of that session, which it may have done before. */
  async #over(session: Session): Promise<void> {
    while (this.#sessions.get(session.name) === session) {
      await new Promise<void>((resolve) => void this.#onOver.add(resolve));
    }
  }

  /** Makes one connection per session, also when asked twice at once. */
  async #connect(
    { name, size }: Pick<SessionPlace, "name" | "size">,
    find: () => Pick<SessionRow, "id"> | Promise<Pick<SessionRow, "id">>,
  ): Promise<Session> {
    const known = this.#sessions.get(name) ?? this.#opening.get(name);
    if (known !== undefined) return known;
    const opening = (async () => {
      const { id } = await find();
      const session: Session = new Session({ id, name, size }, this.#linkPorts, {
        over: (fate) => this.#letGo(session, fate),
        gone: (pane) => this.#gone(pane),
        endView: (view) => void this.#apart(() => session.attempt(killSession(view))),
        endWindow: (windowId) => void this.#apart(() => session.attempt(killWindow(windowId))),
      });
      await session.link.start();
      this.#isServerLost = false;
      this.#sessions.set(name, session);
      return session;
    })();
    this.#opening.set(name, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(name);
    }
  }

  #follow(session: Session, row: PaneRow, logFrom?: number): PaneFacts[] {
    if (row.ours === undefined) return [];
    const { facts, note } = row.ours;
    if (session.panes.has(row.paneId)) return [facts];
    const ports = {
      link: session.link,
      clock: this.#options.clock,
      log: this.#options.log,
      emit: (signal: PaneSignal) => this.#emit(signal),
      gone: () => this.#gone(pane),
    };
    const pane: Pane = new Pane(ports, { windowId: row.windowId, note, facts, logFrom });
    session.follow(pane);
    pane.restart();
    return [facts];
  }

  #gone(pane: Pane): void {
    const session = this.#sessions.get(pane.session);
    if (session?.panes.get(pane.paneId) !== pane) return;
    session.forget(pane);
    this.#emit({ kind: "gone", paneId: pane.paneId });
  }

  #letGo(session: Session, fate: "session-ended" | "server-lost"): void {
    if (this.#sessions.get(session.name) === session) this.#sessions.delete(session.name);
    for (const resolve of this.#onOver) resolve();
    this.#onOver.clear();
    const panes = [...session.panes.keys()];
    session.dispose();
    if (fate === "server-lost") {
      if (!this.#isServerLost) this.#emit({ kind: "server-lost" });
      this.#isServerLost = true;
      return;
    }
    for (const paneId of panes) this.#emit({ kind: "gone", paneId });
    this.#emit({ kind: "session-ended", session: session.name });
  }

  #emit(signal: PaneSignal): void {
    for (const listener of this.#listeners) {
      try {
        listener(signal);
      } catch (error) {
        const fields = { kind: signal.kind, error: describeError(error) };
        this.#options.log.error(fields, "a listener of panes threw");
      }
    }
  }

  #session(name: string): Session {
    const session = this.#sessions.get(name);
    if (session !== undefined) return session;
    throw new ConductorError("not_found", `tmux session ${name} is not open`);
  }

  async #with<T>(paneId: string, work: (pane: Pane) => Promise<T>): Promise<T> {
    return work(this.#pane(paneId));
  }

  #pane(paneId: string): Pane {
    for (const session of this.#sessions.values()) {
      const pane = session.panes.get(paneId);
      if (pane !== undefined) return pane;
    }
    throw new ConductorError("pane.gone", `pane ${paneId} is not there`);
  }
}

/** A person who scrolls must not be typed past, and a dead pane takes nothing. */
async function assertTakesInput(pane: Pane): Promise<void> {
  const facts = await pane.readFacts();
  if (facts.dead) throw new ConductorError("pane.gone", `pane ${pane.paneId} has exited`);
  if (facts.inMode) {
    throw new ConductorError("pane.not_ready", `someone is in copy mode in pane ${pane.paneId}`);
  }
}

function viewsOf(rows: readonly SessionRow[], sessionId: string): SessionRow[] {
  const group = rows.find((row) => row.id === sessionId)?.group ?? "";
  return rows.filter((row) => group !== "" && row.group === group && row.id !== sessionId);
}
