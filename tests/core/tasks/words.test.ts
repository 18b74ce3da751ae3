import { expect, test } from "vitest";
import { promptOf } from "../../../src/core/tasks/index.ts";
import { recordOf } from "../../support/attempts.ts";

const { execution } = recordOf();

test("an agent is told the prompt, else the title, and nothing else", () => {
  expect(promptOf(recordOf({ prompt: "Fix it.\nAll of it." }))).toBe("Fix it.\nAll of it.");
  expect(promptOf(recordOf())).toBe("fix the parser");
});

test("with it come the task's data, and what went wrong before", () => {
  const error = {
    class: "retryable",
    code: "check.failed",
    message: "2 failed",
    upstream: null,
  } as const;
  const told = promptOf(recordOf({ payload: { issue: 7 }, attempt: 2, error }));
  expect(told).toContain('"issue": 7');
  expect(told).toContain("This is try 2 of 3. The one before failed: 2 failed");
});

test("who has to say when it is done is told how", () => {
  const told = promptOf(recordOf({ execution: { ...execution, doneBy: "agent" } }));
  expect(told).toContain("complete_task");
  expect(told).toContain("conductor task complete task_1");
});
