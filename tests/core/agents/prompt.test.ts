import { expect, test } from "vitest";
import type { MessageView } from "../../../src/contract/messages.ts";
import type { Turn } from "../../../src/contract/terminals.ts";
import { nextPromptStep } from "../../../src/core/agents/index.ts";

const agent = { name: "ann", isLive: true, reason: null, limited: undefined };
const gone = { ...agent, isLive: false, reason: "killed" };

function turn(state: Turn["state"], text = ""): Turn {
  const isOpen = state === "submitted" || state === "running";
  const result = text === "" ? null : { text, source: "screen" as const };
  const times = { startedAt: 1, endedAt: isOpen ? null : 2 };
  return { id: "turn_1", terminalId: "t_1", messageId: "m_1", state, result, ...times };
}

function message(state: MessageView["state"], its: Turn | null = null): MessageView {
  const words = { from: "daemon", to: "t_1", toName: "ann", body: "x", dedupeKey: "k" };
  const times = { createdAt: 0, settledAt: null, expiresAt: null };
  const rest = { mode: "when-idle" as const, reason: null, receipt: null, attempts: [] };
  return { id: "m_1", seq: 1, state, turn: its, ...words, ...times, ...rest };
}

test.each([
  [message("queued"), agent, "wait"],
  [message("delivering"), agent, "wait"],
  [message("delivered", turn("submitted")), agent, "wait"],
  [message("delivered", turn("running")), gone, "wait"],
  [message("delivered", turn("completed", "done")), gone, "end_turn"],
  [message("delivered", turn("interrupted")), agent, "cancelled"],
  [message("delivered", turn("cancelled")), agent, "cancelled"],
  [message("delivered", turn("failed", "no")), agent, "agent.failed"],
  [message("delivered", turn("failed")), gone, "agent.gone"],
  [message("delivered", turn("failed")), { ...agent, limited: { retryAt: 9 } }, "agent.limited"],
  [message("queued"), gone, "agent.gone"],
  [message("expired"), agent, "timeout"],
  [message("failed"), agent, "agent.unreached"],
  [message("cancelled"), agent, "agent.unreached"],
])("what became of a prompt is read from its message: case %#", (view, seen, expected) => {
  const step = nextPromptStep(view, seen);
  const said = { wait: "wait", end: "stopReason" in step && step.stopReason, fail: codeOf(step) };
  expect(said[step.kind]).toBe(expected);
});

test("out of quota is told with the time when that is over", () => {
  const limited = { ...agent, limited: { retryAt: 9 } };
  const step = nextPromptStep(message("delivered", turn("failed", "429")), limited);
  expect(step.kind === "fail" ? step.error.data : {}).toEqual({ turn: "turn_1", retryAt: 9 });
});

function codeOf(step: ReturnType<typeof nextPromptStep>): string {
  return step.kind === "fail" ? step.error.code : "";
}
