/** Wall clocks of time zones, days of changing clocks included. */
import type { Instant } from "../../base/clock.ts";

export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

export function wallTimeAt(at: Instant, zone: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: of("year"),
    month: of("month"),
    day: of("day"),
    hour: of("hour"),
    minute: of("minute"),
  };
}

/**
 * When clocks there show it. What they show twice is the first time; what they jump over is as long after
 * the jump.
 */
export function instantOf(wall: WallTime, zone: string): Instant {
  const shown = asUtc(wall);
  const guesses = [shown - offsetAt(shown - DAY_MS, zone), shown - offsetAt(shown + DAY_MS, zone)];
  const fitting = guesses.filter((at) => at + offsetAt(at, zone) === shown);
  return fitting.length > 0 ? Math.min(...fitting) : Math.max(...guesses);
}

const DAY_MS = 86_400_000;

function offsetAt(at: Instant, zone: string): number {
  const minute = Math.floor(at / 60_000) * 60_000;
  return asUtc(wallTimeAt(minute, zone)) - minute;
}

/** Days beyond a month's end run on into the next. */
function asUtc({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
