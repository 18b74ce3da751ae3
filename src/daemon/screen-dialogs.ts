/** What a terminal shows of permission dialogs, and whether the key of an answer may be pressed. */
import { ConductorError } from "../base/errors.ts";
import type { Verdict } from "../contract/approvals.ts";
import {
  type ApprovalRecord,
  isSameQuestion,
  type Question,
  type Sight,
} from "../core/approvals/index.ts";
import type { SeenDialog } from "../core/providers/index.ts";
import type { Key, Look, Terminal } from "../core/terminals/index.ts";
import { isKey } from "./terminal-ports.ts";

export function dialogOf(look: Look | undefined): SeenDialog | undefined {
  return look?.detection.detail === "permission" ? look.detection.dialog : undefined;
}

/** Undefined before the first look. */
export function sightOf(terminal: Terminal | undefined, now: number): Sight | undefined {
  if (terminal === undefined) return { kind: "ended", at: now, why: "the terminal is forgotten" };
  const { record, status, lastLook, isLive } = terminal;
  if (!isLive) return { kind: "ended", at: now, why: `${record.name} is ${status.status}` };
  if (lastLook === undefined) return undefined;
  const at = lastLook.screen.takenAt;
  const question = dialogOf(lastLook);
  if (question === undefined) return { kind: "clear", at };
  return { kind: "question", at, question, settleMs: question.settleMs };
}

export interface Asked {
  readonly record: ApprovalRecord;
  /** As it was last seen. */
  readonly question: Question;
}

export interface Answer {
  readonly dialog: SeenDialog;
  readonly keys: readonly Key[];
}

/** The keys of this verdict on this very screen. @throws {ConductorError} where none must be pressed */
export function answerOn(
  look: Look,
  { record, question }: Asked,
  verdict: Verdict["verdict"],
): Answer {
  const name = record.terminalName ?? "the agent";
  const dialog = dialogOf(look);
  if (dialog === undefined || !isSameQuestion(question, dialog)) {
    const what = `${name} does not ask #${record.number} any more`;
    throw new ConductorError("approval.changed", `${what}; no key was pressed`, {
      hint: "conductor approvals",
    });
  }
  if (look.screen.inMode) {
    throw new ConductorError("pane.not_ready", `someone reads ${name} in copy mode`, {
      hint: "leave it with q, then decide again",
    });
  }
  if (verdict === "approve" && !dialog.isWhole) throw inThePane(name, "only its end is in sight");
  const keys = dialog.answers[verdict] ?? [];
  const known = keys.filter(isKey);
  if (known.length === 0 || known.length < keys.length) {
    throw inThePane(name, `its key for ${verdict} is not known`);
  }
  return { dialog, keys: known };
}

function inThePane(name: string, why: string): ConductorError {
  return new ConductorError("pane.not_ready", `the dialog of ${name} cannot be answered: ${why}`, {
    hint: `answer it there: conductor attach ${name}`,
  });
}
