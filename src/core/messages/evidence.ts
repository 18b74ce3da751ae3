/**
 * What a screen proves about a text that was typed into it. Pure: every decision of the delivery is made here,
 * from a look before the first byte, a look now, and the time in between.
 *
 * Screens wrap, frame and colour a text, so it is compared without whitespace and frames, by its beginning and its
 * end; a text that was on the screen before counts only once there is more of it.
 */
import { createHash } from "node:crypto";
import type { ReceiptKind } from "../../contract/messages.ts";
import type { Composer, StatusDetail, StatusName } from "../../contract/status.ts";

/** A fresh capture, the facts of the same moment, and what the provider makes of them. */
export interface DeliveryLook {
  /** When it was taken, by the clock of the ports. */
  readonly at: number;
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly composer: Composer;
  /** What stands in the composer, where the provider can tell. */
  readonly composerText?: string | undefined;
  /** tmux's copy mode or another mode of the pane. */
  readonly inMode: boolean;
  readonly dialog: boolean;
  /** The foreground process is the agent: never true for a bare shell. */
  readonly foregroundIsAgent: boolean;
  readonly screenText: string;
}

/** What is stored of the screen right before the first byte. */
export interface ScreenMark {
  readonly hash: string;
  readonly seen: number;
}

export type Step =
  | { readonly kind: "wait"; readonly why: string }
  /** Our text stands in the composer and nothing is in the way of Enter. */
  | { readonly kind: "enter" }
  | { readonly kind: "submitted"; readonly receipt: ReceiptKind; readonly working: boolean }
  | { readonly kind: "never-arrived"; readonly note: string }
  | { readonly kind: "uncertain"; readonly reason: string };

/** A person in copy mode, or a dialog, may keep a pasted text from its Enter for that long. */
export const HOLD_MS = 10 * 60_000;
/** An agent that shows nothing at all of a paste for that long is not waited for. */
export const STALL_MS = 30_000;
/** How long after Enter a receipt may take. */
export const RECEIPT_MS = 15_000;
/** So long a screen's word waits for the agent's own, where that has one. */
export const WORD_MS = 3_000;
/** How long a redrawn screen without our text must last to prove that the text never arrived. */
const PERSIST_MS = 1_000;
const ENTER_AGAIN_MS = 1_000;
const MAX_ENTERS = 3;
const CRASH_SETTLE_MS = 2_000;
const CRASH_GIVE_UP_MS = 10_000;

const wait = (why: string): Step => ({ kind: "wait", why });
const uncertain = (why: string): Step => ({ kind: "uncertain", reason: `uncertain: ${why}` });
const submitted = (receipt: ReceiptKind, look: DeliveryLook): Step => ({
  kind: "submitted",
  receipt,
  working: look.status === "working" || look.status === "waiting",
});

/** Why nothing may be typed now, in words; undefined when an idle agent's empty composer is there. */
export function blockedBy(look: DeliveryLook): string | undefined {
  const inTheWay = obstacle(look);
  if (inTheWay !== undefined) return inTheWay;
  if (look.status !== "idle") return `the agent is ${look.status}`;
  if (look.composer === "draft") return "someone has typed in the composer";
  if (look.composer === "unknown") return "no composer is seen";
  return undefined;
}

/** What keeps any key from reaching the composer. */
export function obstacle(look: DeliveryLook): string | undefined {
  if (hasEnded(look)) return `the agent is ${look.status}`;
  if (look.dialog || look.status === "waiting") return "a dialog waits for an answer";
  if (look.inMode) return "the pane is in copy mode";
  if (!look.foregroundIsAgent) return "another program is in front of the agent";
  return undefined;
}

export function afterPaste(
  typed: { readonly text: string; readonly before: DeliveryLook },
  now: DeliveryLook,
  time: { readonly elapsedMs: number; readonly boundMs: number },
): Step {
  if (hasEnded(now)) return uncertain(`the agent is ${now.status}`);
  const inTheWay = obstacle(now);
  if (inTheWay !== undefined) return until(time.elapsedMs < HOLD_MS, inTheWay);
  const more = occurrences(now, typed.text) > occurrences(typed.before, typed.text);
  if (now.composer === "draft") return fromDraft(now, typed.text, { ...time, more });
  if (more && now.status === "working") return submitted("screen", now);
  if (more && now.composer === "unknown") return enter;
  if (time.elapsedMs < time.boundMs) return wait("the composer does not show the text yet");
  // The text is there, in a composer that is read as empty: one Enter is due, whoever reads it wrongly.
  if (more) return enter;
  const redrawn =
    now.composer === "empty" &&
    now.status === "idle" &&
    plain(now.screenText) !== plain(typed.before.screenText);
  // Nothing tells what such a CLI has taken in: it gets its Enter by the clock, and no receipt is made up.
  if (isOpaque(now)) return redrawn ? uncertain("nothing is seen of the text") : enter;
  if (!redrawn) return until(time.elapsedMs < STALL_MS, "nothing is seen of the text");
  return time.elapsedMs < time.boundMs + PERSIST_MS
    ? wait("the screen was drawn again without the text")
    : { kind: "never-arrived", note: "the agent drew its screen again without the text" };
}

export function afterEnter(
  typed: { readonly text: string; readonly before: DeliveryLook },
  now: DeliveryLook,
  time: { readonly sinceEnterMs: number; readonly enters: number },
): Step {
  if (hasEnded(now)) return uncertain(`the agent is ${now.status}`);
  const isDraft = now.composer === "draft";
  if (now.dialog || now.status === "waiting") return submitted("screen", now);
  if (now.status === "working" && !isDraft) return submitted("screen", now);
  const more = occurrences(now, typed.text) > occurrences(typed.before, typed.text);
  if (more && now.composer === "empty") return submitted("screen", now);
  if (isOpaque(now)) return until(time.sinceEnterMs < RECEIPT_MS, "nothing is seen of the text");
  if (now.composer === "empty") return submitted("composer", now);
  if (!isDraft) return until(time.sinceEnterMs < RECEIPT_MS, "no receipt was seen");
  const owner = ownerOf(now, typed.text, more);
  if (owner === "foreign") return submitted("composer", now);
  if (owner === "unsure" && more) return submitted("screen", now);
  const free = obstacle(now) === undefined && now.status === "idle" && owner === "ours";
  if (!free) return until(time.sinceEnterMs < RECEIPT_MS, "the text stayed in the composer");
  if (time.sinceEnterMs < ENTER_AGAIN_MS * time.enters) return wait("the text is in the composer");
  return time.enters < MAX_ENTERS ? enter : uncertain("Enter does not submit the text");
}

/** For a text that a daemon of before may have typed: what became of it. */
export function afterCrash(
  typed: { readonly text: string; readonly mark: ScreenMark | null },
  now: DeliveryLook,
  elapsedMs: number,
): Step {
  const { mark } = typed;
  const more = mark !== null && occurrences(now, typed.text) > mark.seen;
  if (hasEnded(now)) return uncertain(`the agent is ${now.status}`);
  const inTheWay = obstacle(now);
  if (now.composer !== "draft" && more) return submitted("screen", now);
  if (inTheWay !== undefined) return until(elapsedMs < HOLD_MS, inTheWay);
  if (now.composer === "draft" && ownerOf(now, typed.text, more) === "ours") return enter;
  const untouched =
    now.status === "idle" &&
    now.composer === "empty" &&
    !isOpaque(now) &&
    mark?.hash === screenHash(now);
  if (elapsedMs < (untouched ? CRASH_SETTLE_MS : CRASH_GIVE_UP_MS)) {
    return wait("what became of the text is not seen yet");
  }
  return untouched
    ? { kind: "never-arrived", note: "the screen is as it was before the text" }
    : uncertain("the daemon ended while it was typing");
}

export function markOf(look: DeliveryLook, text: string): ScreenMark {
  return { hash: screenHash(look), seen: occurrences(look, text) };
}

const enter: Step = { kind: "enter" };

function until(isInTime: boolean, why: string): Step {
  return isInTime ? wait(why) : uncertain(why);
}

function hasEnded(look: DeliveryLook): boolean {
  return look.status === "exited" || look.status === "lost" || look.status === "error";
}

/** Counts as empty because the screen is quiet: no composer is seen. */
function isOpaque(look: DeliveryLook): boolean {
  return look.composer === "empty" && look.composerText === undefined;
}

function fromDraft(
  now: DeliveryLook,
  text: string,
  time: { elapsedMs: number; boundMs: number; more: boolean },
): Step {
  // A composer that cannot be read was empty a moment ago: what stands in it is ours.
  const owner = now.composerText === undefined ? "ours" : ownerOf(now, text, time.more);
  if (owner === "ours") return enter;
  return until(time.elapsedMs < time.boundMs, "someone typed into the composer at the same time");
}

type Owner = "ours" | "merged" | "unsure" | "foreign";

/** Whose text stands in the composer. */
function ownerOf(look: DeliveryLook, text: string, more: boolean): Owner {
  if (look.composerText === undefined) return more ? "ours" : "foreign";
  const shown = squeeze(look.composerText);
  const typed = squeeze(text);
  if (PLACEHOLDER.test(look.composerText)) {
    return squeeze(look.composerText.replace(PLACEHOLDER, "")) === "" ? "ours" : "merged";
  }
  // Line by line, since a composer may scroll or hide some of them.
  const lines = look.composerText.split("\n").map(squeeze);
  if (lines.every((line) => typed.includes(line))) {
    // A person's first letters are a part of many texts.
    return shown.length >= Math.min(typed.length, LONG_ENOUGH) ? "ours" : "unsure";
  }
  if (shown.includes(typed)) return "merged";
  // Some CLIs decorate a long text; nearly all of what is shown is then still ours.
  return shareOf(shown, typed) > 0.9 ? "ours" : "foreign";
}

const PIECE = 8;
function shareOf(shown: string, typed: string): number {
  const count = shown.length - PIECE + 1;
  if (count < 20) return 0;
  let known = 0;
  for (let at = 0; at < count; at += 1) if (typed.includes(shown.slice(at, at + PIECE))) known += 1;
  return known / count;
}

/**
 * `[Pasted text #1 +3 lines]`, `[Pasted Content 1024 chars]`, `[Paste #1 - 12 lines]`, and of a long text
 * Copilot's `[Saved pasted content to workspace (104.4 KB) id=1]`.
 */
const PLACEHOLDER = /\[\s*(?:saved )?past(?:e|ed)\b[^\]\n]*\]/i;
const PLACEHOLDERS = new RegExp(PLACEHOLDER, "gi");
const LONG_ENOUGH = 12;
const ENDS = 48;

/** How often the text stands on the screen, as far as it can be seen there. */
export function occurrences(look: Pick<DeliveryLook, "screenText">, text: string): number {
  const typed = squeeze(text);
  const screen = plain(look.screenText);
  const folded = isFolded(text) ? (screen.match(PLACEHOLDERS)?.length ?? 0) : 0;
  if (typed === "") return folded;
  if (typed.length < LONG_ENOUGH) {
    // A short word is part of many others: only a line of its own counts.
    return folded + screen.split("\n").filter((line) => squeeze(line) === typed).length;
  }
  const all = squeeze(screen);
  const seen = Math.max(times(all, typed.slice(0, ENDS)), times(all, typed.slice(-ENDS)));
  return folded + seen;
}

/** CLIs show a paste of several lines, or of many characters, as a placeholder. */
function isFolded(text: string): boolean {
  return text.length > 400 || text.includes("\n");
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;
/** Whitespace, what is unseen and may be dropped, frames and the marks that CLIs put in front of a line. */
const DECORATION = /[\s\p{Default_Ignorable_Code_Point}\u2500-\u259F\u2800-\u28FF❯›»>$%•●○◉⏺▌|]/gu;

function plain(screenText: string): string {
  return screenText.includes("\u001B") ? screenText.replaceAll(ESCAPES, "") : screenText;
}

function squeeze(text: string): string {
  return text.replaceAll(DECORATION, "");
}

/** Only has to tell two screens of one pane apart. */
function screenHash(look: DeliveryLook): string {
  const text = plain(look.screenText).trimEnd();
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
