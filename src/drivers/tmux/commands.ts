import type { Key } from "../../core/terminals/index.ts";
import { FACTS_FORMAT, FIT_OPTION } from "./facts.ts";
import { formatLiteral, quote, shellQuote, timeFormatLiteral } from "./quote.ts";

/**
 * One command for tmux. `answer`: `text` where its reply is content, `nothing` where it prints
 * nothing, `late` where it may print a failure after its reply.
 */
export interface Command {
  readonly text: string;
  readonly answer: "text" | "nothing" | "late";
}

/** A word of ours, safe as it stands. */
type Word = string;

const print = (...words: Word[]): Command => ({ text: words.join(" "), answer: "text" });
const order = (...words: Word[]): Command => ({ text: words.join(" "), answer: "nothing" });

/** The newest window of a session, which is the one just made on the same line. */
const newest = (sessionId: string): string => quote(`${sessionId}:{end}`);

export const captureScreen = (paneId: string): Command =>
  print("capture-pane -p -e -t", quote(paneId));

export const captureHistory = (paneId: string, lines: number): Command =>
  print("capture-pane -p -e -J -S", quote(`-${lines}`), "-t", quote(paneId));

/** `seal` comes back in front of the facts: a text that guessed our framing could not know it. */
export const readFacts = (paneId: string, seal: string): Command =>
  print("display-message -p -t", quote(paneId), quote(`${seal}\t${FACTS_FORMAT}`));

export const listPanesOf = (sessionId: string): Command =>
  print("list-panes -s -t", quote(sessionId), "-F", quote(FACTS_FORMAT));

export const subscribe = (): Command =>
  order("refresh-client -B", quote(`facts:%*:${FACTS_FORMAT}`));

export const pausePane = (paneId: string): Command =>
  order("refresh-client -A", quote(`${paneId}:pause`));

export const continuePane = (paneId: string): Command =>
  order("refresh-client -A", quote(`${paneId}:continue`));

/** Runs `sh FILE`; several words after `--` are executed as they are, without a shell of tmux's. */
export const newWindow = (sessionId: string, name: string, file: string): Command =>
  print(
    "new-window -d -a -P -F",
    quote(FACTS_FORMAT),
    "-t",
    newest(sessionId),
    "-n",
    quote(formatLiteral(name)),
    "-- sh",
    quote(file),
  );

export const setNewestPaneOption = (sessionId: string, name: string, value: string): Command =>
  order("set-option -p -t", newest(sessionId), name, quote(value));

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const shape = ({ columns, rows }: Size): string =>
  `-x ${Math.trunc(columns)} -y ${Math.trunc(rows)}`;

/** Also makes the window's size manual, so that no viewer's terminal changes it. */
export const sizeNewestWindow = (sessionId: string, size: Size): Command =>
  order("resize-window -t", newest(sessionId), shape(size));

export const logNewestPane = (sessionId: string, logPath: string): Command =>
  logPane(newest(sessionId), logPath);

export const listClients = (format: string): Command => print("list-clients -F", quote(format));

/** tmux runs dates and formats over it, shell commands among them. */
export const showMessage = (client: string, text: string, shownMs: number): Command =>
  order(
    "display-message -c",
    quote(client),
    `-d ${Math.trunc(shownMs)} --`,
    quote(timeFormatLiteral(text)),
  );

export const listSessions = (format: string): Command => print("list-sessions -F", quote(format));

export const listWindowsOf = (sessionId: string, format: string): Command =>
  print("list-windows -t", quote(sessionId), "-F", quote(format));

/** The size of the view that was used last, from now on. */
export const followViewers = (windowId: string): Command =>
  order("set-option -w -t", quote(windowId), "window-size latest");

/** That size, whoever looks. */
export const keepSize = (windowId: string, size: Size): Command =>
  order("resize-window -t", quote(windowId), shape(size));

export const toggleZoom = (paneId: string): Command => order("resize-pane -Z -t", quote(paneId));

export const markFit = (windowId: string, fit: string): Command =>
  order("set-option -w -t", quote(windowId), FIT_OPTION, quote(fit));

/** Ends the pane's log and begins it again: `cat` opens the file that has the name now. */
export const startPaneLog = (paneId: string, logPath: string): Command =>
  logPane(quote(paneId), logPath);

/** tmux runs dates and formats over this command before `sh` sees it. */
const logPane = (target: Word, logPath: string): Command =>
  order("pipe-pane -t", target, quote(timeFormatLiteral(`exec cat >> ${shellQuote(logPath)}`)));

export const killWindow = (windowId: string): Command => order("kill-window -t", quote(windowId));
export const killPane = (paneId: string): Command => order("kill-pane -t", quote(paneId));
export const killSession = (id: string): Command => order("kill-session -t", quote(id));

/**
 * A child of the server's that ends at once. tmux 3.3a misses the end of a pane's process now and then and
 * keeps it as a zombie without an exit code; the next child that ends makes it collect them all.
 */
export const nudgeReaping = (): Command => order('run-shell -b ":"');

export const renameWindow = (paneId: string, name: string): Command =>
  order("rename-window -t", quote(paneId), "--", quote(formatLiteral(name)));

/** For all sessions: a viewer's session is one of its own and would not see its group's options. */
export const setGlobalOption = (name: string, value: string): Command =>
  order("set-option -g", name, quote(value));

export const typeText = (paneId: string, text: string): Command =>
  order("send-keys -t", quote(paneId), "-l --", quote(text));

export const pressKeys = (paneId: string, keys: readonly Key[]): Command =>
  order("send-keys -t", quote(paneId), ...keys);

/** The path is read as a format. */
export const loadBuffer = (buffer: string, path: string): Command => ({
  text: `load-buffer -b ${quote(buffer)} ${quote(formatLiteral(path))}`,
  answer: "late",
});

export const pasteBuffer = (
  buffer: string,
  paneId: string,
  flags: { readonly keepLineFeeds: boolean; readonly raw: boolean },
): Command => {
  const letters = `${flags.keepLineFeeds ? " -r" : ""}${flags.raw ? " -S" : ""}`;
  return order(`paste-buffer -d -p${letters} -b`, quote(buffer), "-t", quote(paneId));
};

export const deleteBuffer = (buffer: string): Command => order("delete-buffer -b", quote(buffer));
