const ESC = 0x1b;
const BEL = 0x07;
const LONGEST_SEQUENCE = 96;

/** What the decoded output of a pane is looked through for; nothing else is read from it. */
export type StreamMark =
  /** The app asked for pasted text to be bracketed (`?2004h`), or no longer does. */
  | { readonly kind: "bracketed"; readonly isOn: boolean }
  | { readonly kind: "exit"; readonly code: number };

/**
 * Finds `ESC[?…2004…h|l`, a full reset and the exit marker with `nonce` in a stream cut anywhere.
 * Keeps at most one unfinished sequence, so hostile output costs no memory.
 */
export function createStreamScan(nonce: string): (chunk: Uint8Array) => readonly StreamMark[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    if (rest.length === 0 && chunk.indexOf(ESC) < 0) return [];
    const bytes = rest.length === 0 ? toBuffer(chunk) : Buffer.concat([rest, chunk]);
    rest = Buffer.alloc(0);
    const marks: StreamMark[] = [];
    for (let at = bytes.indexOf(ESC); at >= 0; at = bytes.indexOf(ESC, at + 1)) {
      const text = bytes.toString("latin1", at + 1, at + LONGEST_SEQUENCE);
      const mark = readMark(text, nonce);
      if (mark === "unfinished") {
        // Copied, so that a short tail does not hold a whole chunk in memory.
        rest = Buffer.from(bytes.subarray(at));
        break;
      }
      if (mark !== undefined) marks.push(mark);
    }
    return marks;
  };
}

function readMark(text: string, nonce: string): StreamMark | "unfinished" | undefined {
  const isWhole = text.length >= LONGEST_SEQUENCE - 1;
  if (text[0] === "c") return { kind: "bracketed", isOn: false };
  if (text === "") return "unfinished";
  if (text.startsWith("[")) return readMode(text, isWhole);
  if (!text.startsWith("]")) return undefined;
  const marker = `]777;conductor-exit;${nonce};`;
  if (!text.startsWith(marker.slice(0, text.length))) return undefined;
  const end = text.indexOf(String.fromCharCode(BEL));
  if (end < 0) return isWhole ? undefined : "unfinished";
  const code = text.slice(marker.length, end);
  return /^\d{1,3}$/.test(code) ? { kind: "exit", code: Number(code) } : undefined;
}

function readMode(text: string, isWhole: boolean): StreamMark | "unfinished" | undefined {
  const match = /^\[\?([\d;]*)([hl])/.exec(text);
  if (match !== null) {
    const [, modes = "", letter] = match;
    const isOurs = modes.split(";").includes("2004");
    return isOurs ? { kind: "bracketed", isOn: letter === "h" } : undefined;
  }
  return !isWhole && /^\[(\?[\d;]*)?$/.test(text) ? "unfinished" : undefined;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
