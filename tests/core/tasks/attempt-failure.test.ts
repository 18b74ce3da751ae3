import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import { failureOf } from "../../../src/core/tasks/index.ts";

test.each([
  ["pane.gone", "retryable"],
  ["agent.gone", "retryable"],
  ["tmux.lost", "retryable"],
  ["usage.invalid", "permanent"],
  ["provider.missing_binary", "permanent"],
  ["agent.limited", "rate_limited"],
] as const)("an attempt that ends with %s is %s", (code, kind) => {
  expect(failureOf(new ConductorError(code, "it went wrong"))).toMatchObject({ class: kind, code });
});

test("what nobody foresaw is tried again", () => {
  expect(failureOf(new TypeError("x is not a function"))).toMatchObject({
    class: "retryable",
    code: "internal",
  });
});
