import type { UsageAmounts, UsageRow } from "../../contract/usage.ts";

export function usageTotal(rows: readonly UsageRow[]): UsageAmounts {
  const none: UsageAmounts = {
    turns: 0,
    calls: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cost: null,
  };
  return rows.reduce(
    (sum, row) => ({
      turns: sum.turns + row.turns,
      calls: sum.calls + row.calls,
      input: sum.input + row.input,
      output: sum.output + row.output,
      cacheRead: sum.cacheRead + row.cacheRead,
      cacheWrite: sum.cacheWrite + row.cacheWrite,
      cost: row.cost === null ? sum.cost : (sum.cost ?? 0) + row.cost,
    }),
    none,
  );
}
