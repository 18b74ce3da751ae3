/** `conductor guard check`: what the policy in force says to a command; needs no daemon. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { describeError } from "../../base/errors.ts";
import { trustFile } from "../../contract/trust.ts";
import { type Analysis, analyse, type Place } from "../../core/guard/index.ts";
import { decide, type Layer, parsePolicy, toLayer, type Verdict } from "../../core/policy/index.ts";
import { bundledFolder } from "./bundled.ts";
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

/**
 * Built-in rules, then the global policy (the user's own, or the shipped one), then the project's where a
 * human trusts it.
 * @throws {ConductorError} `policy.invalid`
 */
export function layersInForce(context: Context, workspace?: string): Layer[] {
  const shipped = bundledFolder(context, "policies");
  const { policy: own, trust } = context.paths;
  const read = (file: string) => parsePolicy(readFileSync(file, "utf8"), file);
  const global = read(existsSync(own) ? own : join(shipped, "default.yaml"));
  const layers = [
    toLayer(read(join(shipped, "builtin.yaml")), "builtin", global.disabled_builtins),
    toLayer(global, "global"),
  ];
  const project = join(workspace ?? "/", ".ai/policy.yaml");
  if (workspace === undefined || !existsSync(project)) return layers;
  const hash = createHash("sha256").update(readFileSync(project)).digest("hex");
  const trusted = existsSync(trust) ? trustFile.parse(JSON.parse(readFileSync(trust, "utf8"))) : {};
  if (trusted[project] === hash) layers.push(toLayer(read(project), "project"));
  return layers;
}

export interface Checked {
  readonly analysis: Analysis;
  readonly verdict: Verdict;
}

export function check(command: string, place: Place, layers: readonly Layer[]): Checked {
  const analysis = analyse(command, place, () => performance.now());
  const { workspace, home } = place;
  return {
    analysis,
    verdict: decide(analysis, layers, { workspace, home, labels: [], tool: "shell" }),
  };
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
