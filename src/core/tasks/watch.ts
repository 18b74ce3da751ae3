/** Whether who holds a task is still at it, and whether the clock can be believed. Pure. */
import type { Instant } from "../../base/clock.ts";

/** What is seen of the pane in which a task is done. */
export interface Signs {
  readonly isLive: boolean;
  /** It waits for a person: that is no standstill of its own. */
  readonly isWaiting: boolean;
  /** Differs whenever the agent has moved on; counters and spinners leave it as it is. */
  readonly mark: string;
}

/** The last sign of progress, and when it was first seen. */
export interface Progress {
  readonly mark: string;
  readonly at: Instant;
}

export type Verdict =
  | { readonly kind: "gone" }
  /** Its lease is left to run out. */
  | { readonly kind: "stalled"; readonly progress: Progress }
  | { readonly kind: "at work"; readonly progress: Progress };

export function judgeSigns(
  signs: Signs,
  before: Progress | undefined,
  { now, stallMs }: { readonly now: Instant; readonly stallMs: number },
): Verdict {
  if (!signs.isLive) return { kind: "gone" };
  const hasMoved = signs.isWaiting || before?.mark !== signs.mark || before.at > now;
  const progress = hasMoved ? { mark: signs.mark, at: now } : before;
  return { kind: now - progress.at >= stallMs ? "stalled" : "at work", progress };
}

/** The letters of a screen: what counts seconds or turns round changes nothing in them. */
export function letters(screen: string): string {
  return screen.replaceAll(/[^\p{L}\n]+/gu, " ");
}

/** The watch's own pulse: when it last beat, and until when no lease may be taken to have run out. */
export interface Pulse {
  readonly at: Instant;
  readonly graceUntil: Instant;
}

/**
 * After a start, a sleep of the machine or a clock that was set, leases look as if they had run out while nobody could
 * renew them: everybody gets one lease of grace.
 */
export function nextPulse(
  before: Pulse | undefined,
  now: Instant,
  { everyMs, graceMs }: { readonly everyMs: number; readonly graceMs: number },
): Pulse {
  const hasJumped = before === undefined || now < before.at || now > before.at + 4 * everyMs;
  return { at: now, graceUntil: hasJumped ? now + graceMs : before.graceUntil };
}
