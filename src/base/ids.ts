/** What an id names, by its prefix: terminal, message, approval, turn, session, event, delivery attempt, decision, grant, handoff, agent, notification, task. */
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
  | "n"
  | "task"
  | "host";

/** Chance is asked for in bulk: each call for it costs more than all the rest. */
const chance = Buffer.alloc(16 * 256);
let used = chance.length;

/**
 * `<prefix>_<uuidv7 without dashes>`: sortable by time of creation.
 * Layout from RFC 9562 section 5.7: 48 bits of epoch ms, version 7, 74 random bits.
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  if (used === chance.length) {
    crypto.getRandomValues(chance);
    used = 0;
  }
  const bytes = chance.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${prefix}_${bytes.toString("hex")}`;
}
