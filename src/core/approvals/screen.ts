/**
 * What becomes of a question that an agent's own dialog asks on its screen. Pure: time comes in with the sight.
 * A redraw can show half a dialog, or none, for a moment: what is seen counts once it has held for SETTLE_MS.
 */
import type { Instant } from "../../base/clock.ts";
import { assertNever } from "../../base/errors.ts";

/** A permission dialog as far as it tells one question from another. */
export interface Question {
  readonly fingerprint: string;
  /** What stood above it; empty where that was not seen. */
  readonly context: string;
}

/** What a terminal shows of permission dialogs, and since when the screen is known to. */
export type Sight =
  | {
      readonly kind: "question";
      readonly at: Instant;
      readonly question: Question;
      /** It is asked about once it has held for so long. */
      readonly settleMs?: number;
    }
  | { readonly kind: "clear"; readonly at: Instant }
  | { readonly kind: "ended"; readonly at: Instant; readonly why: string };

export type ScreenApproval =
  | { readonly state: "none" }
  | { readonly state: "asked"; readonly id: string; readonly question: Question }
  /** The verdict is stored and no key was about to be pressed: a daemon of before was ended in between. */
  | { readonly state: "owed"; readonly id: string; readonly question: Question }
  /** A key was pressed, or may have been. */
  | {
      readonly state: "pressed";
      readonly id: string;
      readonly question: Question;
      readonly at: Instant;
    }
  /** Asked again, since a key did not close it. Another one could reach the question after it, so a person answers in the pane. */
  | { readonly state: "stuck"; readonly id: string; readonly question: Question };

export type ScreenAct =
  | { readonly kind: "ask" }
  | { readonly kind: "withdraw"; readonly id: string; readonly why: string }
  | { readonly kind: "abandon"; readonly id: string; readonly why: string }
  /** The terminal's dialog is provably the one that the verdict was given on. */
  | { readonly kind: "press"; readonly id: string }
  | { readonly kind: "answered"; readonly id: string }
  | { readonly kind: "failed"; readonly id: string; readonly why: string };

/** One terminal's question, and how long the screen has shown what it shows. */
export interface Watched {
  readonly approval: ScreenApproval;
  /** The fingerprint on the screen; empty without a dialog. */
  readonly shown: string;
  readonly since: Instant;
  /** Every look since the question was asked showed it. */
  readonly isUnbroken: boolean;
}

export interface ScreenStep {
  readonly watched: Watched;
  readonly act: ScreenAct | undefined;
  /** Only a look after this long can tell; undefined when nothing is due. */
  readonly lookInMs: number | undefined;
}

export const SETTLE_MS = 100;
/** How long a dialog may take to go after its key. */
export const ANSWER_MS = 5_000;
/** From then on the same words after a key are the question asked again, not one whose key is unread. */
const AGAIN_MS = 500;
const LONGEST_GAP_MS = 1_000;

export const nothingWatched: Watched = {
  approval: { state: "none" },
  shown: "",
  since: 0,
  isUnbroken: false,
};

export function nextScreenStep(before: Watched, sight: Sight): ScreenStep {
  const question = sight.kind === "question" ? sight.question : undefined;
  const shown = question?.fingerprint ?? "";
  const noted = noteQuestion(before, question);
  const watched = shown === noted.shown ? noted : { ...noted, shown, since: sight.at };
  const act = dueAct(watched.approval, sight);
  const heldMs = sight.at - watched.since;
  const settleMs = act?.kind === "ask" ? settleOf(sight) : SETTLE_MS;
  if (act !== undefined && sight.kind !== "ended" && heldMs < settleMs) {
    return { watched, act: undefined, lookInMs: settleMs - heldMs };
  }
  const lookInMs = act === undefined ? nextCheckMs(watched.approval, sight) : undefined;
  return { watched, act, lookInMs };
}

function settleOf(sight: Sight): number {
  const own = sight.kind === "question" ? (sight.settleMs ?? 0) : 0;
  return Math.max(own, SETTLE_MS);
}

/**
 * What every look tells, also one that another follows at once. Work beside the question may print above
 * it for as long as it stands; only where it was out of sight does that make it another one.
 */
export function noteQuestion(watched: Watched, seen: Question | undefined): Watched {
  const { approval, isUnbroken } = watched;
  if (approval.state !== "asked" && approval.state !== "stuck") return watched;
  if (seen?.fingerprint !== approval.question.fingerprint) {
    return { ...watched, isUnbroken: false };
  }
  if (isSameQuestion(approval.question, seen)) return { ...watched, isUnbroken: true };
  return isUnbroken ? { ...watched, approval: { ...approval, question: seen } } : watched;
}

/** The same question about the same action, as far as both are seen: what was printed in between shows above it. */
export function isSameQuestion(one: Question, other: Question): boolean {
  if (one.fingerprint !== other.fingerprint) return false;
  // A pane that was resized shows more or less of what was before.
  return one.context.endsWith(other.context) || other.context.endsWith(one.context);
}

function dueAct(approval: ScreenApproval, sight: Sight): ScreenAct | undefined {
  const isSame =
    sight.kind === "question" &&
    approval.state !== "none" &&
    isSameQuestion(approval.question, sight.question);
  switch (approval.state) {
    case "none":
      return sight.kind === "question" ? { kind: "ask" } : undefined;
    case "asked":
    case "stuck":
      return isSame ? undefined : goneAct(approval.id, sight);
    case "owed": {
      if (!isSame) return goneAct(approval.id, sight);
      const isProof = approval.question.context !== "" && sight.question.context !== "";
      return isProof ? { kind: "press", id: approval.id } : unproven(approval.id);
    }
    case "pressed":
      return afterKey(approval, sight, isSame);
    default:
      return assertNever(approval);
  }
}

function afterKey(
  { id, question, at }: Extract<ScreenApproval, { state: "pressed" }>,
  sight: Sight,
  isSame: boolean,
): ScreenAct | undefined {
  if (sight.kind === "ended") {
    return { kind: "failed", id, why: `${sight.why} before it was seen to go` };
  }
  const elapsedMs = sight.at - at;
  if (isSame) return elapsedMs < ANSWER_MS ? undefined : stayed(id);
  const readsSo = sight.kind === "question" && sight.question.fingerprint === question.fingerprint;
  // Work beside the question may have printed above it before the key was read.
  return readsSo && elapsedMs < AGAIN_MS ? undefined : { kind: "answered", id };
}

function goneAct(id: string, sight: Sight): ScreenAct {
  if (sight.kind === "ended") return { kind: "abandon", id, why: sight.why };
  const why = sight.kind === "clear" ? "answered in the pane" : "another question took its place";
  return { kind: "withdraw", id, why };
}

function unproven(id: string): ScreenAct {
  const why = "the daemon was ended before the key, and this may be the same question asked again";
  return { kind: "withdraw", id, why };
}

function stayed(id: string): ScreenAct {
  return { kind: "failed", id, why: "its key was pressed, or may have been, and the dialog stays" };
}

/** The screen's own changes tell; these looks are for an agent that does not draw any more. */
function nextCheckMs(approval: ScreenApproval, sight: Sight): number | undefined {
  if (approval.state !== "pressed") return undefined;
  const elapsedMs = Math.max(sight.at - approval.at, SETTLE_MS);
  return Math.min(elapsedMs, LONGEST_GAP_MS);
}
