/** The shipped policy's verdict on a text, as a command line in /home/dev/project would get it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Analysis, analyse } from "../../../src/core/guard/index.ts";
import { decide, parsePolicy, toLayer, type Verdict } from "../../../src/core/policy/index.ts";

const ROOT = join(import.meta.dirname, "../../..");

function policy(name: string) {
  const file = join(ROOT, "policies", `${name}.yaml`);
  return parsePolicy(readFileSync(file, "utf8"), file);
}

export const SHIPPED = [
  toLayer(policy("builtin"), "builtin"),
  toLayer(policy("default"), "global"),
];

const PLACE = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};

export function verdict(text: string): Verdict {
  return judged(text).verdict;
}

export function judged(text: string): { analysis: Analysis; verdict: Verdict } {
  const { workspace, home } = PLACE;
  const asker = { workspace, home, labels: [], tool: "shell" } as const;
  const analysis = analyse(text, PLACE, () => 0);
  return { analysis, verdict: decide(analysis, SHIPPED, asker) };
}

export interface Labelled {
  readonly command: string;
  readonly risk: "safe" | "ask" | "deny";
  readonly category: string;
}

export function labelled(name: string): Labelled[] {
  const text = readFileSync(join(ROOT, "tests/golden/commands", `${name}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line): Labelled => JSON.parse(line));
}

/** Lines by the verdict that each must get. */
export type Verdicts = Readonly<Partial<Record<Verdict["effect"], readonly string[]>>>;

export function misjudged(wanted: Verdicts): string[] {
  return Object.entries(wanted).flatMap(([effect, lines]) =>
    lines
      .map((line) => ({ line, given: verdict(line).effect }))
      .filter(({ given }) => given !== effect)
      .map(({ line, given }) => `${line}: ${given}, not ${effect}`),
  );
}
