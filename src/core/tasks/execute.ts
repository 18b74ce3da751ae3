/** What to do next with an attempt at a task, from its row and the task's. Pure. */
import type { Instant } from "../../base/clock.ts";
import type { AttemptEnd, AttemptFailure, AttemptView } from "../../contract/execution.ts";
import { isAttemptOver } from "./attempt.ts";
import type { TaskOutcome, TaskRecord } from "./store.ts";
import { isHeld } from "./task.ts";

export interface AttemptSeen {
  readonly now: Instant;
  /** How the agent's turn ended, once that is heard. */
  readonly turn: AttemptEnd | undefined;
}

export type AttemptOutcome =
  | { readonly kind: "done"; readonly result: TaskOutcome["result"] }
  | { readonly kind: "failed"; readonly failure: AttemptFailure };

export type AttemptStep =
  | { readonly kind: "wait"; readonly until: Instant | undefined }
  | { readonly kind: "open" }
  | { readonly kind: "prompt" }
  | { readonly kind: "end"; readonly end: AttemptEnd }
  | { readonly kind: "check"; readonly command: string }
  | { readonly kind: "settle"; readonly outcome: AttemptOutcome }
  /** The outcome stands in the task already: a daemon died before it wrote that here. */
  | { readonly kind: "conclude" }
  | { readonly kind: "lose"; readonly reason: string }
  /** Lets its agent go. */
  | { readonly kind: "release" }
  | { readonly kind: "over" };

export function nextAttemptStep(
  attempt: AttemptView,
  task: TaskRecord,
  seen: AttemptSeen,
): AttemptStep {
  if (attempt.releasedAt !== null) return { kind: "over" };
  if (isAttemptOver(attempt.state)) return { kind: "release" };
  if (task.fence !== attempt.fence || !isHeld(task.state)) return withoutLease(attempt, task);
  const { end, state } = attempt;
  if (end === null) return underWay(attempt, task, seen);
  const { check } = task.execution;
  return state === "ended" && check !== null && end.failure === null
    ? { kind: "check", command: check }
    : settle(attempt);
}

function underWay(attempt: AttemptView, task: TaskRecord, { now, turn }: AttemptSeen): AttemptStep {
  const { report, state } = attempt;
  const { doneBy, timeoutMs } = task.execution;
  const isTurnOver = turn !== undefined;
  if (report !== null && (isTurnOver || doneBy === "agent" || report.failure !== null))
    return { kind: "end", end: reported(report, turn, now) };
  // A turn that ended well is not the end where the agent says itself when it is done.
  if (isTurnOver && (doneBy === "turn" || turn.failure !== null)) return { kind: "end", end: turn };
  const until = timeoutMs === null ? undefined : attempt.createdAt + timeoutMs;
  if (until !== undefined && now >= until)
    return { kind: "end", end: failedEnd(tooLate(until - attempt.createdAt), now) };
  if (state === "routed") return { kind: "open" };
  if (isTurnOver) return { kind: "wait", until };
  return { kind: "prompt" };
}

function reported(
  { failure, result }: NonNullable<AttemptView["report"]>,
  turn: AttemptEnd | undefined,
  at: Instant,
): AttemptEnd {
  const none = { text: null, turnId: null, usage: null };
  return { ...none, ...turn, failure, result, at };
}

function settle(attempt: AttemptView): AttemptStep {
  return { kind: "settle", outcome: outcomeOf(attempt) };
}

function outcomeOf({ end, check }: AttemptView): AttemptOutcome {
  if (end !== null && end.failure !== null) return { kind: "failed", failure: end.failure };
  if (check !== null && check.outcome !== "passed")
    return { kind: "failed", failure: unpassed(check) };
  const answer = end === null || end.text === null ? {} : { text: end.text };
  return { kind: "done", result: { ...answer, ...end?.result } };
}

const CHECK_TOLD = 1_000;

function unpassed({
  outcome,
  exitCode,
  tail,
  ms,
}: NonNullable<AttemptView["check"]>): AttemptFailure {
  const about = tail === "" ? "" : `: ${tail.slice(-CHECK_TOLD)}`;
  const how = {
    failed: `ended with ${exitCode ?? "a signal"}`,
    timeout: `did not end within ${Math.round(ms / 1_000)} s`,
    refused: "was refused by the policy",
    passed: "passed",
  }[outcome];
  return {
    class: outcome === "refused" ? "permanent" : "retryable",
    code: `check.${outcome}`,
    message: `the check ${how}${about}`,
    retryAt: null,
  };
}

function tooLate(ms: number): AttemptFailure {
  const message = `not done within ${Math.round(ms / 1_000)} s`;
  return { class: "retryable", code: "timeout", message, retryAt: null };
}

export function failedEnd(failure: AttemptFailure, at: Instant): AttemptEnd {
  return { failure, text: null, result: null, turnId: null, usage: null, at };
}

function withoutLease(attempt: AttemptView, task: TaskRecord): AttemptStep {
  if (task.fence !== attempt.fence)
    return { kind: "lose", reason: "its lease ran out, and it was claimed anew" };
  if (task.state === "done") return { kind: "conclude" };
  const isWritten = attempt.state === "ended" || attempt.state === "checked";
  if (isWritten && outcomeOf(attempt).kind === "failed" && task.state !== "cancelled")
    return { kind: "conclude" };
  const why = task.reason ?? task.error?.message;
  return {
    kind: "lose",
    reason: `the task is ${task.state}${why === undefined ? "" : `: ${why}`}`,
  };
}
