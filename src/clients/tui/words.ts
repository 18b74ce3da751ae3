import { type Instant, timeOf } from "../../base/clock.ts";
import type { StatusName } from "../../contract/status.ts";
import type { TerminalView } from "../../contract/terminals.ts";
import type { Style } from "./cells.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 min`; clocks of two machines may differ, so nothing is younger than now. */
export function ageInWords(ms: number): string {
  if (ms < SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  const days = Math.floor(ms / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

/** `4m`, for a column of ages. */
export function shortAge(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`;
  return `${Math.floor(ms / DAY)}d`;
}

/** `12:03` on this machine's wall. */
export function clockTime(at: Instant): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** What settled a question, as its loser reads it. */
export function fateInWords(by: string | null, at: Instant | null): string {
  const who = by === null ? "" : ` by ${by}`;
  const when = at === null ? "" : ` at ${clockTime(at)}`;
  return `already decided${who}${when}`;
}

export interface StatusLook {
  readonly shape: string;
  readonly style: Style;
}

/** Shape, word and colour say the same; yellow means that a human is needed, and nothing else. */
const looks: Record<StatusName, StatusLook> = {
  starting: { shape: "◌", style: { dim: true } },
  idle: { shape: "○", style: {} },
  working: { shape: "◐", style: { colour: "blue" } },
  waiting: { shape: "▲", style: { colour: "yellow", bold: true } },
  error: { shape: "✕", style: { colour: "red", bold: true } },
  exited: { shape: "–", style: { dim: true } },
  lost: { shape: "×", style: { colour: "red" } },
  unknown: { shape: "?", style: { dim: true } },
};

export function lookOf(status: StatusName): StatusLook {
  return looks[status];
}

export function statusInWords({ status, detail, retryAt }: TerminalView): string {
  if (detail === "") return status;
  return `${status} (${detail}${retryAt === undefined ? "" : ` until ${timeOf(retryAt)}`})`;
}

/** One word: `waiting` says enough, `idle` does not where it failed or ran into a limit. */
export function statusInOneWord({ status, detail }: TerminalView): string {
  return status === "waiting" || detail === "" ? status : detail;
}

export function legend(): string {
  return Object.entries(looks)
    .map(([status, { shape }]) => `${shape} ${status}`)
    .join(" ");
}
