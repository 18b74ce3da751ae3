import { expect, test } from "vitest";
import { handoffState } from "../../../src/contract/handoffs.ts";
import {
  type HandoffSignal,
  isSettled,
  nextHandoffState,
} from "../../../src/core/handoffs/index.ts";

const SIGNALS: readonly HandoffSignal[] = [
  "choose",
  "submit",
  "run",
  "ask",
  "finish",
  "fail",
  "cancel",
  "expire",
];

/** A row per state; in SIGNALS' order, a dot where the signal must not happen. */
const TABLE = `
requested  starting . . . done failed cancelled timed-out
starting   . submitted . . done failed cancelled timed-out
submitted  . . running question done failed cancelled timed-out
running    . . . question done failed cancelled timed-out
question   . submitted running question done failed cancelled timed-out
done       . . . . . . . .
failed     . . . . . . . .
cancelled  . . . . . . . .
timed-out  . . . . . . . .
`;

test("each state takes the signals of the table and no others", () => {
  const rows = handoffState.options.map((state) => {
    const next = SIGNALS.map((signal) => nextHandoffState(state, signal) ?? ".");
    return [state, ...next].join(" ");
  });
  const expected = TABLE.trim().split("\n");
  expect(rows).toEqual(expected.map((row) => row.replaceAll(/ +/g, " ")));
});

test("what is settled takes nothing any more", () => {
  const settled = handoffState.options.filter((state) => isSettled({ state }));
  expect(settled).toEqual(["done", "failed", "cancelled", "timed-out"]);
});
