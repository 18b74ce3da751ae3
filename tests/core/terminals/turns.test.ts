import { expect, test } from "vitest";
import {
  nextStatus,
  nextTurn,
  type OpenTurn,
  startingStatus,
} from "../../../src/core/terminals/index.ts";

const turn: OpenTurn = {
  id: "turn_1",
  messageId: null,
  state: "submitted",
  startedAt: 1_000,
  interrupted: false,
};
const status = (
  name: "idle" | "working" | "waiting" | "unknown",
  detail: "" | "failed" | "permission" = "",
) =>
  nextStatus(startingStatus(0), {
    kind: "agent",
    source: "hook",
    at: 1,
    status: name,
    detail,
    rule: "test",
  });
const starting = startingStatus(0);
const stuck = nextStatus(starting, { kind: "overdue", at: 2, rule: "not ready" });
const exited = nextStatus(startingStatus(0), { kind: "dead", at: 2, exitCode: 1 });

test.each([
  [
    "an idle screen right after submit is the screen of before",
    turn,
    status("idle"),
    1_100,
    { kind: "stay" },
  ],
  [
    "a turn too fast to be seen working ends when the screen settled",
    turn,
    status("idle"),
    2_600,
    { kind: "end", state: "completed" },
  ],
  ["work makes it run", turn, status("working"), 1_050, { kind: "run" }],
  [
    "a permission dialog is part of the turn",
    turn,
    status("waiting", "permission"),
    1_050,
    { kind: "run" },
  ],
  [
    "idle after work ends it at once",
    { ...turn, state: "running" },
    status("idle"),
    1_051,
    { kind: "end", state: "completed" },
  ],
  [
    "idle with an error on the screen fails it",
    { ...turn, state: "running" },
    status("idle", "failed"),
    1_051,
    { kind: "end", state: "failed" },
  ],
  [
    "an interrupted turn ends as interrupted",
    { ...turn, state: "running", interrupted: true },
    status("idle"),
    1_051,
    { kind: "end", state: "interrupted" },
  ],
  ["an agent that dies fails its turn", turn, exited, 1_051, { kind: "end", state: "failed" }],
  [
    "one that dies when it was asked to stop was interrupted",
    { ...turn, interrupted: true },
    exited,
    1_051,
    { kind: "end", state: "interrupted" },
  ],
  [
    "an agent that hangs at its start fails it",
    turn,
    stuck,
    1_051,
    { kind: "end", state: "failed" },
  ],
  ["an agent that still starts ends nothing", turn, starting, 9_999, { kind: "stay" }],
  [
    "what is unknown ends nothing",
    { ...turn, state: "running" },
    status("unknown"),
    9_999,
    { kind: "stay" },
  ],
] as const)("%s", (_claim, open, now, seenAt, step) => {
  expect(nextTurn(open, now, seenAt)).toEqual(step);
});
