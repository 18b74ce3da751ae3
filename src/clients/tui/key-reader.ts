import type { Clock } from "../../base/clock.ts";
import { decodeKeys, flushKeys, isPasting, type Key } from "./keys.ts";

/** How long the rest of an escape sequence may take before ESC counts as the Escape key. */
const ESCAPE_MS = 50;

export interface KeyReader extends Disposable {
  read(chunk: Uint8Array | string): void;
}

/** Keys of the bytes that come in; a sequence may be split anywhere. */
export function createKeyReader(clock: Clock, emit: (keys: readonly Key[]) => void): KeyReader {
  const decoder = new TextDecoder();
  let rest = "";
  let cancel = () => {};
  const flush = () => {
    const keys = flushKeys(rest);
    rest = "";
    if (keys.length > 0) emit(keys);
  };
  return {
    read: (chunk) => {
      cancel();
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      const decoded = decodeKeys(rest + text);
      rest = decoded.rest;
      if (rest !== "" && !isPasting(rest)) cancel = clock.after(ESCAPE_MS, flush);
      if (decoded.keys.length > 0) emit(decoded.keys);
    },
    [Symbol.dispose]: () => cancel(),
  };
}
