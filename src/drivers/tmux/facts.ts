import type { PaneFacts } from "../../core/terminals/index.ts";

/** What a pane keeps about itself in tmux, so that the next daemon finds it. */
export interface LaunchNote {
  readonly session: string;
  /** In the exit marker; an agent's text could print a marker but cannot know this. */
  readonly nonce: string;
  /** Base name of the agent's program. */
  readonly command: string;
  readonly logPath: string;
}

export const TERMINAL_OPTION = "@conductor_terminal";
export const LAUNCH_OPTION = "@conductor_launch";
export const PLACEHOLDER_OPTION = "@conductor_placeholder";
/** Of a window: what was done to it for those who look at it. */
export const FIT_OPTION = "@conductor_fit";

const FIELDS = [
  "pane_id",
  "session_id",
  "session_name",
  "window_id",
  "pane_pid",
  "pane_dead",
  "pane_dead_status",
  "pane_dead_signal",
  "pane_in_mode",
  PLACEHOLDER_OPTION,
  TERMINAL_OPTION,
  LAUNCH_OPTION,
  // What an agent can choose comes last, so that a tab in it moves nothing else.
  "pane_current_command",
  "pane_title",
] as const;

/** One row of tab-separated facts; the same for `list-panes`, `display-message` and subscriptions. */
export const FACTS_FORMAT = FIELDS.map((field) => `#{${field}}`).join("\t");

export interface PaneRow {
  readonly sessionId: string;
  readonly sessionName: string;
  readonly windowId: string;
  readonly isPlaceholder: boolean;
  /** Present for panes of ours. */
  readonly ours: { readonly facts: PaneFacts; readonly note: LaunchNote } | undefined;
  readonly paneId: string;
  readonly pid: number;
}

/** Reads one row; `undefined` where it is none. */
export function readRow(text: string): PaneRow | undefined {
  const fields = text.split("\t");
  const [paneId = "", sessionId = "", sessionName = "", windowId = "", pid = ""] = fields;
  const [dead, status = "", signal = "", mode, placeholder, terminalId = ""] = fields.slice(5);
  if (fields.length < FIELDS.length || !/^%\d+$/.test(paneId)) return undefined;
  const note = readNote(fields[11] ?? "");
  const facts: PaneFacts | undefined =
    note === undefined || terminalId === ""
      ? undefined
      : {
          paneId,
          session: note.session,
          terminalId,
          pid: Number(pid),
          dead: dead === "1",
          exitCode: dead === "1" ? exitCode(status, signal) : undefined,
          inMode: mode !== "" && mode !== "0",
          title: fields.slice(13).join(" "),
          command: foreground(fields[12] ?? "", note.command),
        };
  return {
    paneId,
    sessionId,
    sessionName,
    windowId,
    pid: Number(pid),
    isPlaceholder: placeholder === "1",
    ours: facts === undefined || note === undefined ? undefined : { facts, note },
  };
}

/** The wrapper's `sh` leads the group in the foreground while the agent itself runs in it. */
function foreground(current: string, agent: string): string {
  return current === "sh" ? agent : current;
}

function exitCode(status: string, signal: string): number | undefined {
  if (status !== "") return Number(status);
  return signal === "" ? undefined : 128 + Number(signal);
}

export function writeNote(note: LaunchNote): string {
  return JSON.stringify([note.session, note.nonce, note.command, note.logPath]);
}

function readNote(text: string): LaunchNote | undefined {
  if (text === "") return undefined;
  try {
    const values: unknown = JSON.parse(text);
    if (!Array.isArray(values)) return undefined;
    const [session, nonce, command, logPath] = values.map(String);
    if (session === undefined || nonce === undefined) return undefined;
    return { session, nonce, command: command ?? "", logPath: logPath ?? "" };
  } catch {
    return undefined;
  }
}

export function sameFacts(a: PaneFacts, b: PaneFacts): boolean {
  return (
    a.pid === b.pid &&
    a.dead === b.dead &&
    a.exitCode === b.exitCode &&
    a.inMode === b.inMode &&
    a.title === b.title &&
    a.command === b.command
  );
}
