import { describe, expect, test } from "vitest";
import { retryAtOf } from "../../../src/core/limits/index.ts";

const BERLIN = "Europe/Berlin";
const NEW_YORK = "America/New_York";
const at = (text: string): number => Date.parse(text);
const told = (notice: string, now: string, zone = "UTC"): string | undefined => {
  const retryAt = retryAtOf(notice, at(now), zone);
  return retryAt === undefined ? undefined : new Date(retryAt).toISOString().slice(0, 19);
};

/** A Saturday. */
const NOON = "2026-11-21T12:00:00Z";

describe("a notice tells when its limit is over", () => {
  test.each([
    // Codex
    ["You've hit your usage limit. Try again at 5:30 PM.", "2026-11-21T17:30:00"],
    [
      "You've hit your usage limit. Upgrade to Pro or try again at Nov 23rd, 2026 9:49 AM.",
      "2026-11-23T09:49:00",
    ],
    ["You've hit your usage limit. Try again in 3 days 4 hours 5 minutes.", "2026-11-24T16:05:00"],
    ["Rate limit reached. Please try again in 1.5s.", "2026-11-21T12:00:01"],
    // Claude Code
    [
      "Claude usage limit reached. Your limit will reset at 3pm (America/New_York).",
      "2026-11-21T20:00:00",
    ],
    ["You've hit your session limit · resets 6:20pm (Europe/Berlin)", "2026-11-21T17:20:00"],
    ["You've hit your weekly limit · resets Nov 25 at 2am (UTC)", "2026-11-25T02:00:00"],
    ["You've hit your limit · resets Dec 1, 12am (Europe/Berlin)", "2026-11-30T23:00:00"],
    ["Claude AI usage limit reached|1795280400", "2026-11-21T17:00:00"],
    ["5-hour limit reached ∙ resets 12pm", "2026-11-21T12:00:00"],
    ["Claude AI usage limit reached|1795280400000", "2026-11-21T17:00:00"],
    ["Rate limit reached. Please try again in 1s 500ms.", "2026-11-21T12:00:01"],
    ["Please retry in 2 minutes, and 3000 milliseconds", "2026-11-21T12:02:03"],
    // Gemini, Qwen, Copilot, HTTP
    [
      "Usage limit reached for all Pro models. Access resets at 4:05 PM GMT.",
      "2026-11-21T16:05:00",
    ],
    ["Your quota will reset after 3h20m15s.", "2026-11-21T15:20:15"],
    ['429 RESOURCE_EXHAUSTED {"retryDelay":"27.4s"}', "2026-11-21T12:00:27"],
    [
      "You have exceeded your rate limit. Please wait 2 hours and 10 minutes.",
      "2026-11-21T14:10:00",
    ],
    ["retry-after: 90", "2026-11-21T12:01:30"],
    ['"headers":{"retry-after":"Sat, 21 Nov 2026 13:00:00 GMT"}', "2026-11-21T13:00:00"],
    ["✗ usage limit reached · resets at 2026-11-21T13:00:00Z", "2026-11-21T13:00:00"],
    ["resets at 17:45", "2026-11-21T17:45:00"],
    ["limit reached: try again at\n  5:30 p.m.", "2026-11-21T17:30:00"],
  ])("%s", (notice, expected) => {
    expect(told(notice, NOON)).toBe(expected);
  });

  test.each([
    "API Error: Request rejected (429)",
    "You've hit your limit. Upgrade at https://example.com/3pm",
    "5-hour limit reached",
    "retried 5 times (total retry wait time: 5.52 seconds) Last error: 429",
    "try again at 25:00",
    "try again at 13pm",
    "resets in 90 days",
    "resets at 2019-01-01T00:00:00Z",
    "limit 5: wait",
    "",
  ])("nothing is made up: %j", (notice) => {
    expect(told(notice, NOON)).toBeUndefined();
  });

  test("a time of the day that has passed is tomorrow's, one that has just passed is over", () => {
    expect(told("resets 5:30 AM", NOON)).toBe("2026-11-22T05:30:00");
    expect(told("resets 11:58 AM", NOON)).toBe("2026-11-21T11:58:00");
    expect(told("resets 12:10 AM", "2026-12-31T23:50:00Z")).toBe("2027-01-01T00:10:00");
    expect(told("resets Jan 2 at 3am", "2026-12-31T23:50:00Z")).toBe("2027-01-02T03:00:00");
  });

  test("it is the machine's day and clock, where the notice names no other", () => {
    // In Berlin it is the 22nd already.
    expect(told("try again at 5:30 AM", "2026-11-21T23:30:00Z", BERLIN)).toBe(
      "2026-11-22T04:30:00",
    );
    expect(told("try again at 5:30 AM", NOON, NEW_YORK)).toBe("2026-11-22T10:30:00");
    expect(told("resets 5pm (No/Where)", NOON, BERLIN)).toBe("2026-11-21T16:00:00");
  });

  test("clocks that change overnight are counted on", () => {
    // Spring: 2:00 is 3:00, and 2:30 is never shown. Autumn: 3:00 is 2:00, and 2:30 is shown twice.
    expect(told("resets 5am", "2026-03-28T20:00:00Z", BERLIN)).toBe("2026-03-29T03:00:00");
    expect(told("resets 2:30am", "2026-03-28T20:00:00Z", BERLIN)).toBe("2026-03-29T01:30:00");
    expect(told("resets 5am", "2026-10-24T20:00:00Z", BERLIN)).toBe("2026-10-25T04:00:00");
    expect(told("resets 2:30am", "2026-10-24T20:00:00Z", BERLIN)).toBe("2026-10-25T00:30:00");
    expect(told("resets in 24h", "2026-10-24T20:00:00Z", BERLIN)).toBe("2026-10-25T20:00:00");
    expect(told("resets 1:30am", "2026-11-01T01:00:00Z", NEW_YORK)).toBe("2026-11-01T05:30:00");
  });

  test("a text of any length takes no time to speak of", () => {
    const began = performance.now();
    expect(told(`resets ${"1d ".repeat(500_000)}`, NOON)).toBeUndefined();
    expect(told(`try again at ${"jan ".repeat(500_000)}`, NOON)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
