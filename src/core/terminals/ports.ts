import type { Instant } from "../../base/clock.ts";
import type { Key } from "../../contract/input.ts";

export type { Key } from "../../contract/input.ts";

/** What tmux knows of one pane of ours, as read by one `list-panes -a`. */
export interface PaneFacts {
  readonly paneId: string;
  readonly session: string;
  readonly terminalId: string;
  readonly pid: number;
  readonly dead: boolean;
  readonly exitCode: number | undefined;
  readonly inMode: boolean;
  readonly title: string;
  /** Name of the foreground process (`pane_current_command`). */
  readonly command: string;
}

export interface SpawnPane {
  readonly session: string;
  readonly terminalId: string;
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** Words in front of it that shut it in. */
  readonly wrapper?: readonly string[] | undefined;
  readonly logPath: string;
}

export interface Screen {
  /** `capture-pane -e`: rows joined by newlines, SGR sequences kept. */
  readonly text: string;
  readonly takenAt: Instant;
  /** The facts of the same moment: read in one batch with the screen (`display-message -p`). */
  readonly title: string;
  readonly command: string;
  readonly inMode: boolean;
  readonly dead: boolean;
  readonly exitCode: number | undefined;
}

/** What the driver tells of a pane; a hint to look, except where it says otherwise. */
export type PaneSignal =
  | {
      readonly kind: "screen";
      readonly paneId: string;
      readonly screen: Screen;
      readonly flooding: boolean;
    }
  | { readonly kind: "facts"; readonly facts: PaneFacts }
  /** The exit marker with this pane's nonce was seen; `pane_dead` is the fact. */
  | { readonly kind: "exiting"; readonly paneId: string; readonly exitCode: number }
  | { readonly kind: "gone"; readonly paneId: string }
  | { readonly kind: "session-ended"; readonly session: string }
  | { readonly kind: "server-lost" };

/** Panes as the product sees them; `drivers/tmux` implements it. All calls reject with ConductorError. */
export interface PaneDriver {
  readonly channel: "pty" | "pipes";
  readonly tmuxVersion: string;
  signals(listener: (signal: PaneSignal) => void): () => void;
  /** Makes the session if it is missing and connects to it. */
  openSession(session: string, size: { columns: number; rows: number }): Promise<void>;
  /** Connects to every session that has panes of ours and reads each pane once. */
  adopt(): Promise<readonly PaneFacts[]>;
  spawn(pane: SpawnPane): Promise<PaneFacts>;
  /** Reads the screen now, outside the throttle. */
  capture(paneId: string, options?: { historyLines?: number }): Promise<Screen>;
  facts(paneId: string): Promise<PaneFacts>;
  /** Puts text into the pane as one paste (bracketed if the app asked for it); presses nothing. */
  paste(paneId: string, text: string, options?: { keepLineFeeds?: boolean }): Promise<void>;
  /** False while its app is known not to ask for bracketed pastes (yet). */
  mayBeBracketed(paneId: string): boolean;
  keys(paneId: string, keys: readonly Key[]): Promise<void>;
  rename(paneId: string, name: string): Promise<void>;
  kill(paneId: string): Promise<void>;
  endSession(session: string): Promise<void>;
  /**
   * Writes the pane's log to a new file, where the old one was moved away. In the middle of a flood tmux
   * drops a few kB that it had not handed over yet.
   */
  startLog(paneId: string): Promise<void>;
  /** A user option that every session's status line can show; pushed, never polled. */
  setOption(name: `@conductor_${string}`, value: string): Promise<void>;
  /** Shows a line to people who look; gives how many did. */
  announce(text: string): Promise<number>;
  close(): Promise<void>;
}
