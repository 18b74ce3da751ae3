import { readFileSync } from "node:fs";
import { join } from "node:path";
import { analyse } from "../../src/core/guard/index.ts";
import { decide, parsePolicy, toLayer } from "../../src/core/policy/index.ts";
import type { Bench } from "../bench.ts";
import { atMost, type Result } from "../result.ts";
import { percentile } from "../stats.ts";
import { root } from "../world.ts";

const ROUNDS = 20;
const QUICK_ROUNDS = 5;
const WARM_ROUNDS = 5;
const WORKSPACE = "/home/dev/project";
const PLACE = { cwd: WORKSPACE, workspace: WORKSPACE, home: "/home/dev", user: "dev" };

/** What one verdict costs a process that has judged before: parse, analyse, decide by the shipped policy. */
export function measureGuard({ isQuick, say }: Bench): Promise<Result[]> {
  const commands = readFileSync(join(root, "tests/golden/commands/dev.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => String(JSON.parse(line).command));
  const policy = (name: string) => {
    const file = join(root, "policies", `${name}.yaml`);
    return parsePolicy(readFileSync(file, "utf8"), file);
  };
  const layers = [toLayer(policy("builtin"), "builtin"), toLayer(policy("default"), "global")];
  const asker = { workspace: WORKSPACE, home: PLACE.home, labels: [], tool: "shell" } as const;
  const judge = (text: string) =>
    decide(
      analyse(text, PLACE, () => performance.now()),
      layers,
      asker,
    );
  for (let round = 0; round < WARM_ROUNDS; round += 1) for (const one of commands) judge(one);
  const ms: number[] = [];
  for (let round = 0; round < (isQuick ? QUICK_ROUNDS : ROUNDS); round += 1) {
    for (const one of commands) {
      const from = performance.now();
      judge(one);
      ms.push(performance.now() - from);
    }
  }
  say(
    `  ${ms.length} verdicts on ${commands.length} commands, slowest ${Math.max(...ms).toFixed(1)} ms`,
  );
  const row = (share: number) => ({
    name: `guard: verdict, p${share * 100}`,
    value: percentile(ms, share),
    unit: "ms",
  });
  return Promise.resolve([atMost(row(0.5), 0.2), atMost(row(0.99), 5)]);
}
