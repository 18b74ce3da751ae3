/** A text that a shell or a hook wants to run, as the policy in force judges it, and as a human is shown it. */
import { realpathSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import type { ApprovalAction } from "../contract/approvals.ts";
import type { DecisionSource } from "../contract/decisions.ts";
import { hashAction } from "../core/approvals/index.ts";
import { type Analysis, analyse, analyseTool, type ToolUse } from "../core/guard/index.ts";
import type { WrappedText } from "../core/hooks/index.ts";
import {
  decide,
  marksOf,
  type NewDecision,
  recordOf,
  type Verdict,
  whyNoGrant,
} from "../core/policy/index.ts";
import type { TerminalRecord } from "../core/terminals/index.ts";
import type { PolicyFiles } from "../drivers/files/index.ts";
import { namedFiles } from "./named-files.ts";
import { targetsOf } from "./targets.ts";

export interface CasePorts {
  readonly policies: PolicyFiles;
  /** What a CLI's own shell line holds, by its provider. */
  readonly unwrap: (provider: string, line: string) => WrappedText | undefined;
  readonly clock: Clock;
  readonly home: string;
  readonly user: string;
  /** Of hashes of short commands. */
  readonly hashKey: string;
}

export interface Asked {
  readonly text: string;
  readonly cwd: string;
  readonly source: DecisionSource;
  /** A call of the agent's own tool, of which the text is what a human is shown; else the text is a shell's. */
  readonly use?: ToolUse | undefined;
}

/** One text, judged; what becomes of it is decided from here on. */
export interface Case {
  readonly asked: Asked;
  readonly record: TerminalRecord;
  readonly analysis: Analysis;
  readonly verdict: Verdict;
  readonly decided: NewDecision;
  /** What of the text makes the verdict. */
  readonly marks: () => ApprovalAction["marks"];
}

export function examine(ports: CasePorts, asked: Asked, record: TerminalRecord): Case {
  const from = performance.now();
  const { layers, hashes } = ports.policies.inForce({ workspace: record.cwd, agent: record.name });
  const place = {
    cwd: asked.cwd,
    workspace: record.cwd,
    home: ports.home,
    user: ports.user,
    realpath,
    guardPids: [process.pid],
  };
  const { use } = asked;
  const asker = {
    workspace: record.cwd,
    home: ports.home,
    labels: record.labels,
    tool: use?.kind ?? "shell",
    agent: record.name,
    session: record.session,
    time: ports.clock.now(),
  } as const;
  const judgeText = (text: string, now: () => number) => {
    const analysis = use === undefined ? analyse(text, place, now) : analyseTool(use, place);
    return { analysis, verdict: decide(analysis, layers, asker) };
  };
  const { analysis, verdict } = judgeText(asked.text, () => performance.now());
  const decided = recordOf({
    terminalId: record.id,
    source: asked.source,
    command: asked.text,
    cwd: asked.cwd,
    analysis,
    verdict,
    policies: hashes,
    latencyMs: performance.now() - from,
    hashKey: ports.hashKey,
  });
  const marks = () =>
    use === undefined ? marksOf(asked.text, layers, (text) => judgeText(text, () => 0)) : undefined;
  return { asked, record, analysis, verdict, decided, marks };
}

/** A hook and the shell may name the same folder by different links. */
export function passOf(action: ApprovalAction): string {
  return hashAction({ ...action, cwd: action.cwd === null ? null : realpath(action.cwd) });
}

/** The text that the CLI's shell tool was called with, where all around it is the CLI's own and harmless. */
export function bare(ports: CasePorts, asked: Asked, record: TerminalRecord): Asked {
  const wrapped = asked.use === undefined ? ports.unwrap(record.provider, asked.text) : undefined;
  if (wrapped === undefined) return asked;
  const around = examine(ports, { ...asked, text: wrapped.rest }, record);
  return around.verdict.effect === "allow" ? { ...asked, text: wrapped.text } : asked;
}

/** What a human is shown, and says yes to. */
export function actionOf({ asked, record, analysis, verdict }: Case): ApprovalAction {
  const rules = verdict.matched.filter((rule) => rule.effect === "ask" && !rule.overridden);
  const files = namedFiles(analysis, record.cwd);
  return {
    kind: asked.use === undefined ? "command" : "tool",
    text: asked.text,
    cwd: asked.cwd,
    why: verdict.reason.slice(0, 4_000),
    ...(files.length === 0 ? {} : { files }),
    ...(rules.length === 0
      ? {}
      : { rules: unique(rules.map(({ layer, id }) => `${layer}/${id}`)) }),
    ...(verdict.instead === undefined ? {} : { instead: verdict.instead }),
  };
}

/** What helps a human to judge it; no part of the hash. */
export function shownOf({
  asked,
  record,
  analysis,
  verdict,
  marks,
}: Case): Partial<ApprovalAction> {
  const found = marks();
  const targets = targetsOf(analysis, record.cwd);
  const onceOnly =
    asked.use === undefined
      ? whyNoGrant(asked.text, analysis, verdict)
      : "it is no command, and only a command can be granted";
  return {
    ...(found === undefined ? {} : { marks: found }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(onceOnly === undefined ? {} : { onceOnly }),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
