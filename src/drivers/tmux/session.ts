import type { Clock } from "../../base/clock.ts";
import { describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import {
  type Command,
  continuePane,
  listClients,
  listPanesOf,
  listSessions,
  listWindowsOf,
  pausePane,
  type Size,
} from "./commands.ts";
import { type PaneRow, readRow } from "./facts.ts";
import { type LinkPorts, SessionLink } from "./link.ts";
import type { Notification } from "./notifications.ts";
import type { Pane } from "./pane.ts";
import { Strangers } from "./strangers.ts";
import {
  CLIENTS_FORMAT,
  fitWindow,
  leftViews,
  readShapes,
  readViewed,
  SESSIONS_FORMAT,
  WINDOWS_FORMAT,
  type WindowShape,
} from "./viewers.ts";

/** Windows come and go by the team; each look lists all of them. */
const LOOK_GAP_MS = 100;

export interface SessionEvents {
  readonly over: (fate: "session-ended" | "server-lost") => void;
  readonly gone: (pane: Pane) => void;
  /** Windows are ended one after the other, over all sessions. */
  readonly endWindow: (windowId: string) => void;
  /** So are the views that people have left. */
  readonly endView: (sessionId: string) => void;
}

export interface SessionPlace {
  readonly id: string;
  readonly name: string;
  readonly size: Size;
}

/** One tmux session of ours: its connection and the panes that are followed on it. */
export class Session {
  readonly name: string;
  /** Of windows that no viewer is fitted to. */
  readonly size: Size;
  readonly link: SessionLink;
  readonly panes = new Map<string, Pane>();
  readonly #events: SessionEvents;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #strangers = new Strangers();
  #isChecking = false;
  #isStale = false;
  #cancelCheck: () => void = () => undefined;
  #placeholder: string | undefined;

  constructor(row: SessionPlace, ports: LinkPorts, events: SessionEvents) {
    this.name = row.name;
    this.size = row.size;
    this.#events = events;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.link = new SessionLink(row.id, ports, {
      up: () => this.#up(),
      notification: (notification) => this.#take(notification),
      over: events.over,
    });
  }

  follow(pane: Pane): void {
    this.panes.set(pane.paneId, pane);
    const { held, isHushed } = this.#strangers.claim(pane.paneId);
    for (const data of held) pane.output(data);
    if (isHushed) this.tell(continuePane(pane.paneId));
    this.#endPlaceholder();
  }

  forget(pane: Pane): void {
    pane.dispose();
    this.panes.delete(pane.paneId);
  }

  /** Runs commands whose failure changes nothing. */
  tell(...commands: readonly Command[]): void {
    void this.attempt(...commands);
  }

  /** The same, for who waits until it has been answered. */
  async attempt(...commands: readonly Command[]): Promise<void> {
    try {
      await this.link.run(commands);
    } catch (error) {
      this.#log.debug({ session: this.name, error: describeError(error) }, "tmux said no");
    }
  }

  /** Asks which panes are left and who looks at them, once for a burst of changes. */
  check(): void {
    this.#isStale = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#cancelCheck = this.#clock.after(0, () => void this.#check());
  }

  dispose(): void {
    this.#cancelCheck();
    for (const pane of this.panes.values()) pane.dispose();
    this.panes.clear();
  }

  #up(): void {
    this.#strangers.clear();
    for (const pane of this.panes.values()) pane.restart();
    this.check();
  }

  /** One look after the other: what one of them did is seen by the next. */
  async #check(): Promise<void> {
    this.#isStale = false;
    await this.#look();
    this.#cancelCheck = this.#clock.after(LOOK_GAP_MS, () => {
      this.#isChecking = false;
      if (this.#isStale) this.check();
    });
  }

  async #look(): Promise<void> {
    this.#strangers.ask();
    try {
      const id = this.link.sessionId;
      const [panes, clients, windows, sessions] = await this.link.run([
        listPanesOf(id),
        listClients(CLIENTS_FORMAT),
        listWindowsOf(id, WINDOWS_FORMAT),
        listSessions(SESSIONS_FORMAT),
      ]);
      for (const view of leftViews(this.name, decode(sessions), decode(clients))) {
        this.#events.endView(view);
      }
      const rows = readRows(panes);
      this.#fit(readViewed(decode(clients)), readShapes(decode(windows)));
      const left = new Set(rows.map((row) => row.paneId));
      this.#placeholder = rows.find((row) => row.isPlaceholder)?.windowId;
      this.#endPlaceholder();
      for (const paneId of this.#strangers.judge(rows)) this.tell(pausePane(paneId));
      for (const pane of this.panes.values()) {
        if (!left.has(pane.paneId)) this.#events.gone(pane);
      }
    } catch (error) {
      this.#log.debug({ session: this.name, error: describeError(error) }, "panes not listed");
    }
  }

  #fit(viewed: ReadonlySet<string>, shapes: readonly WindowShape[]): void {
    const agents = new Map([...this.panes.values()].map((pane) => [pane.windowId, pane.paneId]));
    for (const shape of shapes) {
      const paneId = agents.get(shape.windowId);
      if (paneId === undefined) continue;
      const place = { paneId, home: this.size };
      const commands = fitWindow(shape, viewed.has(shape.windowId), place);
      if (commands.length > 0) this.tell(...commands);
    }
  }

  /** The first window only keeps the session alive until an agent is there. */
  #endPlaceholder(): void {
    const windowId = this.#placeholder;
    if (windowId === undefined || this.panes.size === 0) return;
    this.#placeholder = undefined;
    this.#events.endWindow(windowId);
  }

  #take(notification: Notification): void {
    switch (notification.kind) {
      case "output":
        return this.#output(notification.paneId, notification.data);
      case "pause":
        return this.panes.get(notification.paneId)?.pausedByTmux();
      case "subscription":
        return this.#facts(notification.value);
      case "windows-changed":
      case "clients-changed":
        return this.check();
      case "continue":
      case "exit":
      case "other":
    }
  }

  #output(paneId: string, data: Uint8Array): void {
    const pane = this.panes.get(paneId);
    if (pane !== undefined) return pane.output(data);
    if (this.#strangers.hold(paneId, data)) this.check();
  }

  #facts(value: string): void {
    const ours = readRow(value)?.ours;
    if (ours !== undefined) this.panes.get(ours.facts.paneId)?.learn(ours.facts);
  }
}

function readRows(reply: Uint8Array | undefined): PaneRow[] {
  return decode(reply)
    .split("\n")
    .flatMap((line) => readRow(line) ?? []);
}

export function decode(reply: Uint8Array | undefined): string {
  return Buffer.from(reply ?? []).toString("utf8");
}
