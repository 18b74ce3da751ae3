/** What to do next with a handoff, from its row and what is seen of its worker. Pure. */
import type { Instant } from "../../base/clock.ts";
import type { HandoffError } from "../../contract/handoffs.ts";
import type { MessageView } from "../../contract/messages.ts";
import type { StatusDetail, StatusName } from "../../contract/status.ts";
import type { HandoffEnd, HandoffRecord } from "./store.ts";

export interface WorkerSeen {
  readonly name: string;
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly reason: string | null;
  /** The last screen, as plain text. */
  readonly screen: string | null;
  /** The dialog that it waits in. */
  readonly dialog: string | null;
}

export interface Seen {
  readonly now: Instant;
  readonly worker: WorkerSeen | undefined;
  readonly message: MessageView | undefined;
}

export type HandoffStep =
  | { readonly kind: "wait" }
  | { readonly kind: "choose" }
  | { readonly kind: "launch" }
  | { readonly kind: "submit" }
  | { readonly kind: "run" }
  | { readonly kind: "ask"; readonly question: string }
  | { readonly kind: "settle"; readonly end: HandoffEnd };

/** As much of a dialog as a person needs to know what is asked. */
const QUESTION_LINES = 20;
const SCREEN_LINES = 60;

export function nextHandoffStep(handoff: HandoffRecord, seen: Seen): HandoffStep {
  const outcome = outcomeOf(handoff, seen);
  if (outcome !== undefined) return { kind: "settle", end: outcome };
  if (seen.now >= handoff.expiresAt) return { kind: "settle", end: lateBy(handoff) };
  if (handoff.state === "requested") return { kind: "choose" };
  const { worker, message } = seen;
  if (worker === undefined || !isLive(worker)) {
    // A daemon that died in the middle of the launch leaves none, or one that is lost.
    const isUnborn = handoff.origin === "fresh" && worker?.status !== "exited";
    return isUnborn && message === undefined
      ? { kind: "launch" }
      : { kind: "settle", end: failed(handoff, gone(worker)) };
  }
  if (message === undefined) return { kind: "submit" };
  return underWay(handoff, worker, message);
}

function underWay(handoff: HandoffRecord, worker: WorkerSeen, message: MessageView): HandoffStep {
  if (worker.status === "waiting") {
    const question = tail(worker.dialog ?? worker.screen, QUESTION_LINES);
    const isKnown = handoff.state === "question" && handoff.question === question;
    return isKnown ? { kind: "wait" } : { kind: "ask", question };
  }
  if (message.turn !== null)
    return handoff.state === "running" ? { kind: "wait" } : { kind: "run" };
  return handoff.state === "submitted" ? { kind: "wait" } : { kind: "submit" };
}

/** How it came out, where the message or its turn says so. */
function outcomeOf(handoff: HandoffRecord, { message, worker }: Seen): HandoffEnd | undefined {
  if (message === undefined) return undefined;
  const { turn } = message;
  if (turn === null) {
    const isOver = ["failed", "expired", "cancelled"].includes(message.state);
    if (!isOver) return undefined;
    if (message.state === "expired") return lateBy(handoff);
    const why = `the message was not delivered: ${message.reason ?? message.state}`;
    return failed(handoff, { code: "pane.not_ready", message: why, screen: screenOf(worker) });
  }
  if (turn.endedAt === null) return undefined;
  const said = turn.result?.text ?? "";
  if (turn.state === "completed") return finished(handoff, turn.result ?? none);
  if (worker !== undefined && !isLive(worker)) return failed(handoff, gone(worker));
  const words = turn.state === "interrupted" ? "was interrupted" : "ended with an error";
  const about = said === "" ? "" : `: ${said}`;
  return failed(handoff, {
    code: "state.conflict",
    message: `the worker's turn ${words}${about}`,
    screen: said === "" ? screenOf(worker) : null,
  });
}

/** A CLI of which no answer can be read: its pane still shows it. */
const none = { text: "", source: "screen" } as const;

function finished(
  { report }: HandoffRecord,
  result: NonNullable<HandoffEnd["result"]>,
): HandoffEnd {
  return {
    signal: "finish",
    result: report === null ? result : { text: report, source: "report" },
  };
}

/** What was handed in counts, whatever became of its worker then. */
function failed(handoff: HandoffRecord, error: HandoffError): HandoffEnd {
  return handoff.report === null ? { signal: "fail", error } : finished(handoff, none);
}

function lateBy(handoff: HandoffRecord): HandoffEnd {
  const seconds = Math.round((handoff.expiresAt - handoff.createdAt) / 1_000);
  const message = `not done within ${seconds} s`;
  return handoff.report === null
    ? { signal: "expire", error: { code: "timeout", message, screen: null } }
    : finished(handoff, none);
}

function gone(worker: WorkerSeen | undefined): HandoffError {
  const reason = worker?.reason == null ? "" : ` (${worker.reason})`;
  const message =
    worker === undefined
      ? "the worker is not there any more"
      : `the worker ${worker.name} is ${worker.status}${reason}`;
  return { code: "pane.gone", message, screen: screenOf(worker) };
}

function isLive({ status }: WorkerSeen): boolean {
  return status !== "exited" && status !== "lost";
}

function screenOf(worker: WorkerSeen | undefined): string | null {
  return worker?.screen == null ? null : tail(worker.screen, SCREEN_LINES);
}

function tail(screen: string | null, lines: number): string {
  const all = (screen ?? "").split("\n").map((line) => line.trimEnd());
  while (all.at(-1) === "") all.pop();
  return all.slice(-lines).join("\n").trim();
}
