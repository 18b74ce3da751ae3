/**
 * "Try again at 5:30 AM", "resets in 3h", "resets Oct 9 at 2am (UTC)": every CLI says it in words of its own, and
 * changes them, so all known forms are looked for in any notice.
 */
import type { Instant } from "../../base/clock.ts";
import { instantOf, isZone, wallTimeAt } from "./zone.ts";

/** Nobody is locked out for longer; what says so was misread. */
const LONGEST_MS = 32 * 86_400_000;
/** A clock time that has just passed is over, and does not mean tomorrow. */
const JUST_PASSED_MS = 5 * 60_000;

type Form = (text: string, now: Instant, zone: string) => Instant | undefined;

/**
 * @param now  when the notice was first seen
 * @param zone  of the machine, where the notice names none
 */
export function retryAtOf(notice: string, now: Instant, zone: string): Instant | undefined {
  const text = notice.slice(0, 4_000).replaceAll(/\s+/g, " ");
  for (const form of FORMS) {
    const at = form(text, now, zone);
    if (at !== undefined && at > now - JUST_PASSED_MS && at < now + LONGEST_MS) return at;
  }
  return undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const AMOUNT =
  /(\d+(?:\.\d+)?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])(?:,? and |, ?| )?/iy;

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DATE =
  /(?:(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?(?:,? (?:at )?))?/;
const CLOCK = /(?<hour>\d{1,2})(?::(?<minute>\d{2})(?::\d{2})?)?(?: ?(?<half>[ap])\.?m\b\.?)?/;
const ZONE = /(?: \((?<zone>[A-Za-z][\w+/-]*)\)| (?<utc>UTC|GMT|Z)\b)?/;
const LEAD =
  /(?:\b(?:re-?try|try again|resets?|available(?: again)?|renews?|until|wait until)\b(?: again)?(?: (?:after|on|at|until))*:? (?:tomorrow at )?)/;
const WALL = new RegExp(LEAD.source + DATE.source + CLOCK.source + ZONE.source, "gi");

const FORMS: readonly Form[] = [iso, epoch, span, retryAfter, wall];

function iso(text: string): Instant | undefined {
  const found = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?UTC|[+-]\d\d:?\d\d)/.exec(
    text,
  );
  const at =
    found === null ? Number.NaN : Date.parse(found[0].replace(" UTC", "Z").replace(/ /, "T"));
  return Number.isNaN(at) ? undefined : at;
}

/** Claude Code of 2025: `usage limit reached|1759741200`; elsewhere `"resets_at":1759741200`. */
function epoch(text: string): Instant | undefined {
  const found = /(?:\||resets?_?at"?: ?)(\d{10}|\d{13})\b/i.exec(text)?.[1];
  if (found === undefined) return undefined;
  return found.length === 13 ? Number(found) : Number(found) * 1_000;
}

function span(text: string, now: Instant): Instant | undefined {
  const lead =
    /\b(?:re-?try|try again|resets?|reset(?: time)?|available(?: again)?|renews?|wait|retrydelay)\b"?(?: (?:in|after|for|again in))*[: "]*(?=\d)/gi;
  for (const found of text.matchAll(lead)) {
    const lasts = amounts(text, found.index + found[0].length);
    if (lasts !== undefined) return now + lasts;
  }
  return undefined;
}

/** `3h 20m`, `2 days, 4 hours and 5 minutes`, `1h30m12.5s` */
function amounts(text: string, from: number): number | undefined {
  let total: number | undefined;
  let at = from;
  for (;;) {
    AMOUNT.lastIndex = at;
    const found = AMOUNT.exec(text.slice(0, from + 200));
    if (found === null) return total;
    total = (total ?? 0) + Number(found[1]) * unitOf(found[2] ?? "");
    at = AMOUNT.lastIndex;
  }
}

function unitOf(word: string): number {
  const name = word.toLowerCase();
  return UNIT_MS[name === "ms" || name.startsWith("milli") ? "ms" : (name[0] ?? "")] ?? 0;
}

/** As HTTP says it: seconds, or a date. */
function retryAfter(text: string, now: Instant): Instant | undefined {
  const said =
    /\bretry-after"?: ?"?(\d{1,7}(?:\.\d+)?\b|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT)/i;
  const found = said.exec(text)?.[1];
  if (found === undefined) return undefined;
  const seconds = Number(found);
  return Number.isNaN(seconds) ? Date.parse(found) : now + seconds * 1_000;
}

function wall(text: string, now: Instant, zone: string): Instant | undefined {
  for (const { groups = {} } of text.matchAll(WALL)) {
    const at = wallTime(groups, now, zone);
    if (at !== undefined) return at;
  }
  return undefined;
}

function wallTime(
  said: Readonly<Record<string, string | undefined>>,
  now: Instant,
  local: string,
): Instant | undefined {
  const { hour: hours = "", minute, half, month, day, year } = said;
  // A bare number is no time of a day.
  if (minute === undefined && half === undefined) return undefined;
  const hour = hourOf(Number(hours), half);
  if (hour === undefined || Number(minute ?? 0) > 59) return undefined;
  const named = said["zone"];
  const zone = said["utc"] === undefined ? (named ?? local) : "UTC";
  const there = isZone(zone) ? zone : local;
  const today = wallTimeAt(now, there);
  const clock = { hour, minute: Number(minute ?? 0) };
  const on = (date: { year: number; month: number; day: number }): Instant =>
    instantOf({ ...date, ...clock }, there);
  if (month === undefined || day === undefined) {
    const at = on(today);
    return at > now - JUST_PASSED_MS ? at : on({ ...today, day: today.day + 1 });
  }
  const date = { month: MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1, day: Number(day) };
  if (year !== undefined) return on({ ...date, year: Number(year) });
  const thisYear = on({ ...date, year: today.year });
  return thisYear > now - JUST_PASSED_MS ? thisYear : on({ ...date, year: today.year + 1 });
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
}
