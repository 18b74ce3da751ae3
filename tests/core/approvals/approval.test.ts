import { expect, test } from "vitest";
import { approvalState } from "../../../src/contract/approvals.ts";
import {
  type ApprovalSignal,
  hashAction,
  nextApprovalState,
} from "../../../src/core/approvals/index.ts";

const signals = ["approve", "deny", "consume", "expire", "abandon", "cancel"] as const;
const table: Record<string, Partial<Record<ApprovalSignal, string>>> = {
  pending: {
    approve: "approved",
    deny: "denied",
    expire: "expired",
    abandon: "abandoned",
    cancel: "cancelled",
  },
  approved: {
    consume: "consumed",
    expire: "expired",
    abandon: "abandoned",
    cancel: "cancelled",
  },
};

test.each(
  approvalState.options.flatMap((state) => signals.map((signal) => [state, signal] as const)),
)("an approval that is %s, on %s", (state, signal) => {
  expect(nextApprovalState(state, signal)).toBe(table[state]?.[signal]);
});

test("the hash binds every part of the action, whatever the order of its fields", () => {
  const action = { kind: "command", text: "rm -rf build", cwd: "/w", why: "a rule" } as const;
  const hash = hashAction(action);
  expect(hashAction({ why: "a rule", cwd: "/w", text: "rm -rf build", kind: "command" })).toBe(
    hash,
  );
  const others = [
    { ...action, text: "rm -rf  build" },
    { ...action, cwd: "/" },
    { ...action, why: null },
    { ...action, kind: "tool" as const },
  ];
  for (const other of others) expect(hashAction(other)).not.toBe(hash);
});
