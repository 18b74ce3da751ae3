/** Handoffs in a person's words. */
import { printable, printableLine } from "../../base/printable.ts";
import type { HandoffView } from "../../contract/handoffs.ts";
import { age } from "./duration.ts";

export function isOver({ settledAt }: HandoffView): boolean {
  return settledAt !== null;
}

/** Who does it, as far as that is known. */
export function whoText({ terminalName, profile }: HandoffView): string {
  if (terminalName !== null && profile !== null && terminalName !== profile)
    return printableLine(`${terminalName} (${profile})`);
  return printableLine(terminalName ?? profile ?? "a worker");
}

const DOING: Readonly<Record<HandoffView["state"], string>> = {
  requested: "is looked for",
  starting: "starts",
  submitted: "has not begun",
  running: "works",
  question: "waits for an answer (conductor approvals)",
  done: "is done",
  failed: "failed",
  cancelled: "was stopped",
  "timed-out": "was not done in time",
};

export function progressText(handoff: HandoffView): string {
  return `${whoText(handoff)} ${DOING[handoff.state]}`;
}

export function answerText({ result, terminalName }: HandoffView): string {
  const text = result?.text ?? "";
  if (text !== "") return printable(text);
  return `(no answer could be read; conductor screen ${printableLine(terminalName ?? "")})`;
}

export function complaintText(handoff: HandoffView): string {
  const { error, id } = handoff;
  const why = error === null ? "" : `: ${error.message}`;
  const screen = error?.screen == null ? "" : `its screen showed last:\n${error.screen}\n`;
  return `error: ${whoText(handoff)} ${DOING[handoff.state]}${why}\n${screen}hint: conductor handoffs show ${id}\n`;
}

export function detailText(handoff: HandoffView, now: number): string {
  const ended = handoff.settledAt ?? now;
  const facts: [string, string | null][] = [
    ["id", handoff.id],
    ["kind", handoff.kind],
    ["state", handoff.state],
    ["from", handoff.fromName],
    [
      "worker",
      handoff.terminalName === null ? null : `${whoText(handoff)}, ${handoff.origin ?? ""}`,
    ],
    ["asked", `${age(handoff.createdAt, now)} ago`],
    ["took", age(handoff.createdAt, ended)],
    ["message", handoff.messageId],
    ["parent", handoff.parent],
    ["key", handoff.key],
    ["returned", handoff.returned],
    ["error", handoff.error?.message ?? null],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(10)}${printableLine(value)}`],
  );
  const parts: [string, string | null][] = [
    ["asked", handoff.message],
    ["waits for", handoff.question],
    ["answer", handoff.result?.text ?? null],
    ["last screen", handoff.error?.screen ?? null],
  ];
  const texts = parts.flatMap(([name, text]) =>
    text === null || text === "" ? [] : [`\n${name}:\n${printable(text)}`],
  );
  return `${[...lines, ...texts].join("\n")}\n`;
}
