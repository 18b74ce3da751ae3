/** `conductor guard check`: what the policy in force says to a command; needs no daemon. */
import { realpathSync } from "node:fs";
import { z } from "zod";
import { describeError } from "../../base/errors.ts";
import { type Analysis, analyse, type Place } from "../../core/guard/index.ts";
import { decide, type Layer, type Question, type Verdict } from "../../core/policy/index.ts";
import type { Context } from "./context.ts";
import { type Answer, answerLines, readLine } from "./json-lines.ts";

const question = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  command: z.string(),
  cwd: z.string().nullish(),
  workspace: z.string().nullish(),
  home: z.string().nullish(),
});

/** Where a command is imagined to run when a line does not say: the same on every machine. */
const NOWHERE = { workspace: "/home/dev/project", home: "/home/dev" };

export interface Checked {
  readonly analysis: Analysis;
  readonly verdict: Verdict;
}

/** Who asks, where a policy makes a difference between agents. */
export type Asker = Partial<Pick<Question, "labels" | "tool" | "agent" | "session">>;

export function check(
  command: string,
  place: Place,
  layers: readonly Layer[],
  who: Asker = {},
): Checked {
  const analysis = analyse(command, place, () => performance.now());
  const { workspace, home } = place;
  const asker = { workspace, home, labels: [], tool: "shell", time: Date.now(), ...who } as const;
  return { analysis, verdict: decide(analysis, layers, asker) };
}

/** The place of this very process, links resolved as far as paths exist. */
export function hereIn(context: Context, workspace: string): Place {
  return {
    cwd: context.cwd,
    workspace,
    home: context.env["HOME"] ?? "/",
    user: context.env["USER"] ?? "",
    realpath: (path) => {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
    },
  };
}

export function runCheck(
  input: AsyncIterable<string>,
  write: (text: string) => void | Promise<void>,
  layers: readonly Layer[],
): Promise<0 | 1> {
  return answerLines(input, write, (line, number) => answer(line, number, layers));
}

function answer(line: string, number: number, layers: readonly Layer[]): Answer {
  const parsed = readLine(line, question);
  if (!parsed.success) return { id: null, line: number, error: parsed.why };
  const { id = null, command, cwd, workspace, home } = parsed.data;
  const root = workspace ?? cwd ?? NOWHERE.workspace;
  const place = { cwd: cwd ?? root, workspace: root, home: home ?? NOWHERE.home, user: "dev" };
  try {
    const { verdict } = check(command, place, layers);
    return { id, decision: verdict.effect, rules: rulesOf(verdict), reason: verdict.reason };
  } catch (error) {
    // Fail closed: what breaks the guard is not let through.
    return {
      id,
      line: number,
      decision: "ask",
      rules: [],
      reason: describeError(error),
      error: describeError(error),
    };
  }
}

/** The rules that made the verdict. */
export function rulesOf(verdict: Verdict): string[] {
  const by = verdict.matched.filter((one) => one.effect === verdict.effect && !one.overridden);
  return [...new Set(by.map((one) => `${one.layer}/${one.id}`))];
}
