// tmux frames a reply as `%begin T N F`, lines, `%end T N F` (or `%error`). The lines are an agent's
// bytes and may look like anything, so only the whole guard `T N F` of the open block ends it. An end
// without a block means that we and tmux disagree about where we are: the stream is then `broken` for
// good. A line outside a block that does not start with `%` is passed on as `stray`.

const LF = 0x0a;
const PERCENT = 0x25;
export const MAX_LINE_BYTES = 8 * 1024 * 1024;
export const MAX_REPLY_BYTES = 16 * 1024 * 1024;
const LONGEST_GUARD = 120;

export type Frame =
  /** `isOurs`: answers a command of this client; the block after attaching does not. */
  | {
      readonly kind: "reply";
      readonly isOurs: boolean;
      readonly ok: boolean;
      readonly body: Uint8Array;
    }
  | { readonly kind: "notification"; readonly line: Uint8Array }
  | { readonly kind: "stray"; readonly line: Uint8Array }
  | { readonly kind: "broken"; readonly reason: string };

interface Block {
  readonly guard: string;
  readonly isOurs: boolean;
  readonly lines: Uint8Array[];
  sizeBytes: number;
}

export interface Framing {
  /** Takes the next bytes of the stream, cut anywhere; calls `emit` for each whole frame. */
  push(chunk: Uint8Array): void;
}

/** The framing of control mode as a state machine over bytes; it keeps no time and does no IO. */
export function createFraming(emit: (frame: Frame) => void): Framing {
  const partial: Uint8Array[] = [];
  let partialBytes = 0;
  let block: Block | undefined;
  let isBroken = false;

  const fail = (reason: string): void => {
    isBroken = true;
    block = undefined;
    partial.length = 0;
    emit({ kind: "broken", reason });
  };

  const outside = (line: Uint8Array): void => {
    if (line[0] !== PERCENT) return emit({ kind: "stray", line });
    const guard = readGuard(line);
    if (guard === undefined) return emit({ kind: "notification", line });
    if (guard.word !== "begin") return fail(`%${guard.word} without a reply`);
    block = { guard: guard.key, isOurs: guard.flag === 1, lines: [], sizeBytes: 0 };
  };

  const inside = (open: Block, line: Uint8Array): void => {
    const guard = line[0] === PERCENT ? readGuard(line) : undefined;
    if (guard !== undefined && guard.word !== "begin" && guard.key === open.guard) {
      block = undefined;
      const body = join(open.lines, open.sizeBytes);
      return emit({ kind: "reply", isOurs: open.isOurs, ok: guard.word === "end", body });
    }
    open.lines.push(line);
    open.sizeBytes += line.length + 1;
    if (open.sizeBytes > MAX_REPLY_BYTES) fail(`a reply is over ${MAX_REPLY_BYTES} bytes`);
  };

  const takeLine = (last: Uint8Array): void => {
    let line = last;
    if (partial.length > 0) {
      partial.push(last);
      line = Buffer.concat(partial, partialBytes + last.length);
      partial.length = 0;
      partialBytes = 0;
    }
    if (block === undefined) outside(line);
    else inside(block, line);
  };

  const push = (chunk: Uint8Array): void => {
    for (let start = 0; start < chunk.length; ) {
      if (isBroken) return;
      const end = chunk.indexOf(LF, start);
      const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
      if (partialBytes + piece.length > MAX_LINE_BYTES) {
        fail(`a line is over ${MAX_LINE_BYTES} bytes`);
      } else if (end < 0) {
        partial.push(piece);
        partialBytes += piece.length;
      } else takeLine(piece);
      start += piece.length + 1;
    }
  };

  return { push };
}

interface Guard {
  readonly word: "begin" | "end" | "error";
  readonly key: string;
  readonly flag: number;
}

const GUARD = /^%(begin|end|error) (\d+ \d+ (\d+))$/;

function readGuard(line: Uint8Array): Guard | undefined {
  if (line.length > LONGEST_GUARD) return undefined;
  const match = GUARD.exec(
    Buffer.from(line.buffer, line.byteOffset, line.length).toString("latin1"),
  );
  if (match === null) return undefined;
  const [, word, key = "", flag] = match;
  if (word !== "begin" && word !== "end" && word !== "error") return undefined;
  return { word, key, flag: Number(flag) };
}

/** Lines joined by newlines, without one after the last. */
function join(lines: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const body = Buffer.allocUnsafe(Math.max(0, sizeBytes - 1));
  let at = 0;
  for (const line of lines) {
    body.set(line, at);
    at += line.length;
    if (at < body.length) body[at] = LF;
    at += 1;
  }
  return body;
}
