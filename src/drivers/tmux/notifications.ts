const COLON = 0x3a;
const SPACE = 0x20;

/** A `%…` line outside a reply. Kinds we do nothing with are `other`, never an error: tmux adds some. */
export type Notification =
  /** `data` is still escaped: see `unescapeInPlace`. */
  | { readonly kind: "output"; readonly paneId: string; readonly data: Uint8Array }
  | { readonly kind: "pause"; readonly paneId: string }
  | { readonly kind: "continue"; readonly paneId: string }
  | {
      readonly kind: "subscription";
      readonly name: string;
      readonly paneId: string;
      readonly value: string;
    }
  | { readonly kind: "exit"; readonly reason: string }
  /** Windows or panes came, went or changed their shape: look again. */
  | { readonly kind: "windows-changed" }
  /** People or sessions came or went. */
  | { readonly kind: "clients-changed" }
  | { readonly kind: "other"; readonly name: string };

const WINDOW_WORDS = new Set([
  "window-add",
  "window-close",
  "unlinked-window-close",
  "layout-change",
]);
const CLIENT_WORDS = new Set([
  "client-session-changed",
  "client-detached",
  "sessions-changed",
  "session-changed",
  "session-window-changed",
]);

/** Reads one notification; `undefined` where the line is none that tmux could have written. */
export function readNotification(line: Uint8Array): Notification | undefined {
  const nameEnd = endOfWord(line, 1);
  const name = latin(line, 1, nameEnd);
  if (!/^[a-z][a-z-]*$/.test(name)) return undefined;
  if (name === "output") return output(line, nameEnd + 1);
  if (name === "extended-output") return extendedOutput(line, nameEnd + 1);
  if (name === "pause" || name === "continue") {
    const paneId = latin(line, nameEnd + 1, line.length);
    return isPaneId(paneId) ? { kind: name, paneId } : undefined;
  }
  if (name === "subscription-changed") return subscription(line, nameEnd + 1);
  if (name === "exit") return { kind: "exit", reason: utf8(line.subarray(nameEnd + 1)) };
  if (WINDOW_WORDS.has(name)) return { kind: "windows-changed" };
  if (CLIENT_WORDS.has(name)) return { kind: "clients-changed" };
  return { kind: "other", name };
}

function output(line: Uint8Array, start: number): Notification | undefined {
  const end = endOfWord(line, start);
  const paneId = latin(line, start, end);
  return isPaneId(paneId) ? { kind: "output", paneId, data: line.subarray(end + 1) } : undefined;
}

/** `%extended-output %N AGE … : DATA`; fields before the colon may grow in later versions. */
function extendedOutput(line: Uint8Array, start: number): Notification | undefined {
  const end = endOfWord(line, start);
  const paneId = latin(line, start, end);
  const colon = loneColon(line, end);
  if (!isPaneId(paneId) || colon < 0) return undefined;
  return { kind: "output", paneId, data: line.subarray(colon + 2) };
}

/** `%subscription-changed NAME $S @W INDEX %N … : VALUE`, with `-` for what does not apply. */
function subscription(line: Uint8Array, start: number): Notification | undefined {
  const colon = loneColon(line, start);
  if (colon < 0) return undefined;
  const [name = "", , , , paneId = ""] = latin(line, start, colon).split(" ");
  if (!isPaneId(paneId)) return { kind: "other", name: "subscription-changed" };
  return { kind: "subscription", name, paneId, value: utf8(line.subarray(colon + 2)) };
}

function loneColon(line: Uint8Array, from: number): number {
  for (let at = line.indexOf(COLON, from); at >= 0; at = line.indexOf(COLON, at + 1)) {
    if (line[at - 1] === SPACE && (line[at + 1] === SPACE || at + 1 === line.length)) return at;
  }
  return -1;
}

function endOfWord(line: Uint8Array, from: number): number {
  const end = line.indexOf(SPACE, from);
  return end < 0 ? line.length : end;
}

export function isPaneId(text: string): boolean {
  return /^%\d{1,10}$/.test(text);
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return view(bytes).toString("latin1", start, end);
}

function utf8(bytes: Uint8Array): string {
  return view(bytes).toString("utf8");
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
