/**
 * What an agent reads of a command that did not run: what was refused and why, what it may do instead, and
 * that it should not look for a way round. Three plain lines at most, for a model as for whoever watches.
 */
import { printableLine } from "../base/printable.ts";
import type { ApprovalRecord } from "../core/approvals/index.ts";
import type { Verdict } from "../core/policy/index.ts";

const NO_WAY_ROUND =
  "do not try to get the same done in another way: go on without it, or ask the human";

export function refusedText(verdict: Verdict): string {
  const by = verdict.matched.find(({ effect, overridden }) => effect === "deny" && !overridden);
  const rule = by === undefined ? "" : ` (rule ${by.layer}/${by.id})`;
  return lines([
    `refused by policy: ${verdict.reason}${rule}. Nothing of it ran`,
    insteadOf(verdict),
    NO_WAY_ROUND,
  ]);
}

/** For a question that was not answered with yes. */
export function heldText(settled: ApprovalRecord, verdict: Verdict): string {
  const { number, state, reason } = settled;
  if (state === "pending")
    return lines([
      `not approved yet, so nothing of it ran: a human has not answered #${number}`,
      `${repeat(settled)} again after approval #${number}; until then go on with other work`,
      insteadOf(verdict),
    ]);
  if (state === "denied")
    return lines([
      `a human said no to #${number}${reason === null ? "" : `: ${reason}`}. Nothing of it ran`,
      insteadOf(verdict),
      NO_WAY_ROUND,
    ]);
  const why = state === "expired" ? "nobody answered in time" : (reason ?? verdict.reason);
  return lines([
    `approval #${number} is ${state}, so nothing of it ran: ${why}`,
    insteadOf(verdict),
    "ask the human before you run it again, or go on with other work",
  ]);
}

function repeat({ action }: ApprovalRecord): string {
  return action.kind === "tool" ? "make the same call" : "run the same command";
}

/** What a yes was to is something else by now: other files, other targets, another policy. */
export function changedText(number: number, again: number): string {
  return lines([
    `a file that it names, or what it would do, changed after the yes to #${number}, so nothing of it ran: a human is asked anew`,
    `run the same command again after approval #${again}; until then go on with other work`,
  ]);
}

export function unusableText(number: number, why: string): string {
  return lines([
    `the yes to #${number} is not for this run, so nothing of it ran: ${why}`,
    "if it is still needed, run the same command again: a human is asked anew",
  ]);
}

function insteadOf({ instead }: Verdict): string | undefined {
  return instead === undefined ? undefined : `instead: ${instead}`;
}

function lines(texts: readonly (string | undefined)[]): string {
  return texts.flatMap((text) => (text === undefined ? [] : printableLine(text))).join("\n");
}
