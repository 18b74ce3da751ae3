const BACKSLASH = 0x5c;
const ZERO = 0x30;

/**
 * Undoes `%output`'s escaping (`\ooo` for bytes below 0x20 and the backslash) inside `bytes` itself
 * and returns the part that holds the result. A backslash without three octal digits stays as it is.
 */
export function unescapeInPlace(bytes: Uint8Array): Uint8Array {
  let read = bytes.indexOf(BACKSLASH);
  if (read < 0) return bytes;
  let write = read;
  const end = bytes.length;
  while (read < end) {
    const byte = bytes[read] ?? 0;
    read += 1;
    if (byte === BACKSLASH && read + 2 < end) {
      const high = (bytes[read] ?? 0) - ZERO;
      const middle = (bytes[read + 1] ?? 0) - ZERO;
      const low = (bytes[read + 2] ?? 0) - ZERO;
      // One test for three digits: a negative number has its upper bits set.
      if (((high | middle | low) & ~7) === 0 && high < 4) {
        bytes[write] = (high << 6) | (middle << 3) | low;
        write += 1;
        read += 3;
        continue;
      }
    }
    bytes[write] = byte;
    write += 1;
  }
  return bytes.subarray(0, write);
}
