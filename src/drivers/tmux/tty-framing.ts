const CR = 0x0d;
const LF = 0x0a;
const GREETING = Buffer.from("\x1bP1000p");

export interface TtyFraming {
  /** The part of `chunk` that is tmux's: nothing before the greeting, one CR less before each LF. */
  push(chunk: Uint8Array): Uint8Array;
  /** From here on tmux has the tty in raw mode, so that commands are not echoed. */
  isGreeted(): boolean;
}

/**
 * What `-CC` adds on a tty. The closing `ESC \` needs no care: it stands after `%exit` and has no
 * newline, so it never becomes a line.
 */
export function createTtyFraming(): TtyFraming {
  let isGreeted = false;
  let before: Uint8Array = new Uint8Array();
  let heldCr = false;

  const greet = (chunk: Uint8Array): Uint8Array => {
    const seen = Buffer.concat([before, chunk]);
    const at = seen.indexOf(GREETING);
    if (at < 0) {
      before = seen.subarray(Math.max(0, seen.length - GREETING.length + 1));
      return new Uint8Array();
    }
    isGreeted = true;
    return seen.subarray(at + GREETING.length);
  };

  const push = (chunk: Uint8Array): Uint8Array => {
    const fresh = isGreeted ? chunk : greet(chunk);
    if (fresh.length === 0) return fresh;
    const bytes = heldCr ? Buffer.concat([Buffer.of(CR), fresh]) : fresh;
    heldCr = bytes[bytes.length - 1] === CR;
    return dropCarriageReturns(heldCr ? bytes.subarray(0, -1) : bytes);
  };

  return { push, isGreeted: () => isGreeted };
}

function dropCarriageReturns(bytes: Uint8Array): Uint8Array {
  let read = bytes.indexOf(CR);
  if (read < 0) return bytes;
  let write = read;
  for (; read < bytes.length; read += 1) {
    const byte = bytes[read] ?? 0;
    if (byte === CR && bytes[read + 1] === LF) continue;
    bytes[write] = byte;
    write += 1;
  }
  return bytes.subarray(0, write);
}
