/** The rows of questions that dialogs ask: asked once, and with what became of the same question before. */
import type { Clock } from "../base/clock.ts";
import {
  type ApprovalRecord,
  type ApprovalStore,
  isSameQuestion,
  type Question,
  type ScreenApproval,
} from "../core/approvals/index.ts";
import type { SeenDialog } from "../core/providers/index.ts";
import type { TerminalRecord } from "../core/terminals/index.ts";

export const STAYED = "a key was pressed and the dialog stayed: answer it in the pane";
const NOTES = {
  failed: STAYED,
  expired: "asked before, and nobody answered in time",
} as const;
/** Newest rows of a terminal in which its question's past is looked for. */
const LOOKED_BACK = 20;

export interface QuestionPorts {
  readonly approvals: ApprovalStore;
  readonly clock: Clock;
  readonly ttlMs: number;
}

/** A question that stands already is found again by its fingerprint. */
export async function askAbout(
  { approvals, clock, ttlMs }: QuestionPorts,
  terminal: TerminalRecord,
  dialog: SeenDialog,
): Promise<ScreenApproval> {
  const now = clock.now();
  const before = await pastOf(approvals, terminal.id, dialog);
  const text = dialog.text === "" ? dialog.id : dialog.text;
  const { approval } = await approvals.request(
    {
      terminalId: terminal.id,
      terminalName: terminal.name,
      origin: "screen",
      action: { kind: "dialog", text, cwd: terminal.cwd, why: whyOf(dialog, before) },
      fingerprint: dialog.fingerprint,
      context: dialog.context,
      by: `agent:${terminal.id}`,
      expiresAt: now + ttlMs,
    },
    now,
  );
  const state = before === "failed" ? "stuck" : "asked";
  return { state, id: approval.id, question: questionOf(approval) };
}

/** What a row says of its question that a daemon of before left. */
export async function leftBehind(
  approvals: ApprovalStore,
  record: ApprovalRecord,
): Promise<ScreenApproval> {
  const { id, state, usedAt, number, terminalId } = record;
  const question = questionOf(record);
  if (state !== "pending") {
    if (usedAt === null) return { state: "owed", id, question };
    return { state: "pressed", id, question, at: usedAt };
  }
  const before = await pastOf(approvals, terminalId ?? "", question, number);
  return { state: before === "failed" ? "stuck" : "asked", id, question };
}

export function questionOf({ fingerprint, context }: ApprovalRecord): Question {
  return { fingerprint: fingerprint ?? "", context: context ?? "" };
}

/** What became of this very question before: a key that did not close it, or no answer in time. */
async function pastOf(
  approvals: ApprovalStore,
  terminalId: string,
  question: Question,
  before = Number.POSITIVE_INFINITY,
): Promise<keyof typeof NOTES | undefined> {
  const rows = await approvals.list({ terminalId, limit: LOOKED_BACK });
  const earlier = rows.filter(({ origin, number }) => origin === "screen" && number < before);
  const isSame = (one: ApprovalRecord | undefined) =>
    one !== undefined && isSameQuestion(questionOf(one), question);
  const answered = earlier.find(({ state }) => state !== "expired");
  if (answered?.outcome === "failed" && isSame(answered)) return "failed";
  return earlier[0]?.state === "expired" && isSame(earlier[0]) ? "expired" : undefined;
}

/** What a person reads beside the action. */
function whyOf(dialog: SeenDialog, past: keyof typeof NOTES | undefined): string | null {
  const note = past === undefined ? undefined : NOTES[past];
  const part = dialog.isWhole ? undefined : "only its end is in sight";
  const words = [note, part, dialog.why].filter((word) => word !== undefined);
  return words.length === 0 ? null : words.join(" · ");
}
