import { expect, test } from "vitest";
import type { UsageRow } from "../../../src/contract/usage.ts";
import { usageTotal } from "../../../src/core/transcripts/index.ts";

const row = (cost: number | null): UsageRow => ({
  terminalId: "t_1",
  session: "shop",
  name: "dev",
  provider: "claude-code",
  model: "opus",
  turns: 1,
  calls: 2,
  input: 10,
  output: 5,
  cacheRead: 3,
  cacheWrite: 1,
  cost,
  firstAt: 1,
  lastAt: 2,
});

test.each([
  ["nothing where no row knows a cost", [null, null], null],
  ["the sum of those that are known", [0.25, null, 0.5], 0.75],
])("the cost in all is %s", (_claim, costs, cost) => {
  expect(usageTotal(costs.map(row))).toMatchObject({ cost, turns: costs.length });
});
