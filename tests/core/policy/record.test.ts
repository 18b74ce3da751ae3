import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { decide, EXAMPLE_PLACE, type Layer, recordOf } from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

function record(command: string, hashKey = "one", layers: readonly Layer[] = SHIPPED) {
  const { workspace, home } = EXAMPLE_PLACE;
  const analysis = analyse(command, EXAMPLE_PLACE, () => 0);
  const verdict = decide(analysis, layers, { workspace, home, labels: [], tool: "shell" });
  return recordOf({
    terminalId: "t_1",
    source: "bash",
    command,
    cwd: workspace,
    analysis,
    verdict,
    policies: {},
    latencyMs: 1,
    hashKey,
  });
}

test("the hash of a short command is keyed, so that it cannot be found by trying", () => {
  const { commandHash } = record("echo hunter2");
  expect(commandHash).toMatch(/^hmac:[0-9a-f]{64}$/);
  expect(record("echo hunter2").commandHash).toBe(commandHash);
  expect(record("echo hunter2", "another").commandHash).not.toBe(commandHash);
  const long = `echo ${"x".repeat(100)}`;
  expect(record(long).commandHash).toBe(createHash("sha256").update(long).digest("hex"));
});

test("a rule that counted for one of several commands is recorded as one that counted", () => {
  const { rules } = record("git push; git push && rm -rf ~");
  expect(rules).toContainEqual(
    expect.objectContaining({ id: "delete-outside", overridden: false }),
  );
  expect(rules.map(({ id }) => id)).toEqual([...new Set(rules.map(({ id }) => id))]);
});

test("a long text is cut in the record, and hashed as a whole", () => {
  const { command, commandHash } = record(`echo ${"x".repeat(9_000)}`);
  expect(command).toMatch(/^echo x+…$/);
  expect(command).toHaveLength(8_001);
  expect(commandHash).not.toBe(record(`echo ${"x".repeat(9_001)}`).commandHash);
});
