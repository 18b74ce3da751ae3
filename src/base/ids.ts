/** What an id names, by its prefix: terminal, message, approval, turn, session, event, delivery attempt, decision, grant, handoff, agent, task. */
export type IdPrefix =
  | "t"
  | "m"
  | "a"
  | "turn"
  | "s"
  | "e"
  | "att"
  | "dec"
  | "g"
  | "h"
  | "ag"
  | "task"
  | "host";

/**
 * `<prefix>_<uuidv7 without dashes>`: sortable by time of creation.
 * Layout from RFC 9562 section 5.7: 48 bits of epoch ms, version 7, 74 random bits.
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = nowMs;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${prefix}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
