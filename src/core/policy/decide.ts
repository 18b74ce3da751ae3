/**
 * The verdict on a shell text: every command it would run against every rule of every layer, the strictest
 * wins. Deny over ask over allow, whatever the order of rules; an inner layer only tightens, unless the
 * outer rule says that it may be relaxed.
 */
import { type GateLevel, strictestLevel } from "../../contract/decisions.ts";
import type { Action, Analysis } from "../guard/index.ts";
import { adviceOn } from "./advice.ts";
import { holdsWhen } from "./condition.ts";
import { isUnderAny, listOf, matches, type Question } from "./match.ts";
import type { Advice, Effect, Override, Rule, TaskRule } from "./schema.ts";

export const LAYERS = ["builtin", "global", "project", "agent"] as const;
export type LayerName = (typeof LAYERS)[number];

/** One policy file in force, outermost first in a list of them. */
export interface Layer {
  readonly name: LayerName;
  readonly default: Effect | undefined;
  readonly gate?: GateLevel | undefined;
  readonly overrides?: readonly Override[];
  readonly rules: readonly LayerRule[];
  readonly tasks?: readonly TaskRule[];
  readonly advice?: readonly Advice[];
}

/** A rule as it counts. */
export type LayerRule = Rule & {
  /** What it said before it was overridden. */
  readonly was?: Effect;
  /** It does not count; a record names it all the same. */
  readonly off?: boolean;
};

export interface MatchedRule {
  readonly layer: LayerName;
  readonly id: string;
  readonly effect: Effect;
  /** It did not count: weaker than another one, relaxed by an inner rule, or switched off. */
  readonly overridden: boolean;
  /** What the rule said before a policy overrode it. */
  readonly was?: Effect;
  /** Which command of the text, by its place in the analysis. */
  readonly action: number;
}

export interface Verdict {
  readonly effect: Effect;
  readonly matched: readonly MatchedRule[];
  /** Some command was known to no rule. */
  readonly defaultUsed: boolean;
  /** The rules that made it so, and why, for a person and for the model. */
  readonly reason: string;
  readonly instead: string | undefined;
  /** How a human is to be asked, by the rules that ask. */
  readonly terms: Terms;
}

export interface Terms {
  /** So many people must say yes. */
  readonly quorum: number;
  /** So many must say no. */
  readonly denyThreshold: number;
  /** Undefined where no rule says. */
  readonly ttlMs: number | undefined;
}

export type Asker = Omit<Question, "action" | "flags">;

export const SEVERITY: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

export function strictest(effects: readonly Effect[]): Effect {
  return effects.reduce<Effect>(
    (one, other) => (SEVERITY[other] > SEVERITY[one] ? other : one),
    "allow",
  );
}

export function decide(analysis: Analysis, layers: readonly Layer[], asker: Asker): Verdict {
  const judged = withText(analysis).map((action, at) => judge(action, at, analysis, layers, asker));
  const effect = strictest(judged.map((one) => one.effect));
  const deciding = judged.filter((one) => one.effect === effect);
  const held = deciding.map(({ action, rules }) => ({
    question: { ...asker, action, flags: analysis.flags },
    rules: rules.filter((rule) => rule.effect === effect),
  }));
  const innermost = layers.toReversed().flatMap(({ advice = [] }) => advice);
  const rules = held.flatMap((one) => one.rules);
  return {
    effect,
    matched: judged.flatMap((one) => one.matched),
    defaultUsed: judged.some((one) => one.byDefault),
    reason: reasonOf(effect, deciding, rules),
    instead: effect === "allow" ? undefined : adviceOn(held, innermost),
    terms: termsOf(rules),
  };
}

/** Of several rules the strictest of each. */
function termsOf(rules: readonly Rule[]): Terms {
  const said = rules.flatMap((rule) => rule.approvals ?? []);
  const times = said.map(({ ttl }) => millis(ttl));
  return {
    quorum: Math.max(1, ...said.map(({ quorum }) => quorum)),
    denyThreshold:
      said.length === 0 ? 1 : Math.min(...said.map(({ deny_threshold: threshold }) => threshold)),
    ttlMs: times.length === 0 ? undefined : Math.min(...times),
  };
}

function millis(time: string): number {
  const count = Number.parseInt(time, 10);
  if (time.endsWith("s")) return count * 1_000;
  return count * (time.endsWith("h") ? 3_600_000 : 60_000);
}

/** A text that could not be read may have no command at all: its flags are judged all the same. */
export function withText(analysis: Analysis): readonly Action[] {
  if (analysis.flags.length === 0) return analysis.actions;
  const nothing: Action = {
    argv: [],
    words: [],
    via: [],
    cwd: null,
    dynamic: true,
    redirects: [],
    facts: [],
  };
  return [...analysis.actions, nothing];
}

interface Judged {
  readonly action: Action;
  readonly effect: Effect;
  readonly byDefault: boolean;
  readonly matched: readonly MatchedRule[];
  readonly rules: readonly Rule[];
}

function judge(
  action: Action,
  at: number,
  analysis: Analysis,
  layers: readonly Layer[],
  asker: Asker,
): Judged {
  const question: Question = { ...asker, action, flags: analysis.flags };
  const found = layers.flatMap(({ name, rules }) =>
    rules.filter((rule) => applies(rule, question)).map((rule) => ({ layer: name, rule })),
  );
  const counting = found.filter((one) => one.rule.off !== true && !isRelaxed(one, found));
  const allowed = strictest(counting.map(({ rule }) => rule.effect));
  const byDefault = counting.length === 0;
  const effect = byDefault ? defaultOf(layers) : allowed;
  const matched = found.map((one) => ({
    layer: one.layer,
    id: one.rule.id,
    effect: one.rule.effect,
    overridden: !counting.includes(one) || SEVERITY[one.rule.effect] < SEVERITY[effect],
    action: at,
    ...(one.rule.was === undefined ? {} : { was: one.rule.was }),
  }));
  return { action, effect, byDefault, matched, rules: counting.map(({ rule }) => rule) };
}

interface Found {
  readonly layer: LayerName;
  readonly rule: LayerRule;
}

/** An overridable rule gives way to the innermost rule of its id. */
function isRelaxed(one: Found, found: readonly Found[]): boolean {
  if (!one.rule.overridable) return false;
  return found.some(
    (other) =>
      other.rule.id === one.rule.id && LAYERS.indexOf(other.layer) > LAYERS.indexOf(one.layer),
  );
}

/** The strictest default of all layers; `ask` where none says. */
export function defaultOf(layers: readonly Layer[]): Effect {
  const said = layers.flatMap((layer) => layer.default ?? []);
  return said.length === 0 ? "ask" : strictest(said);
}

/** What the policies ask for at the least; undefined where none says. */
export function gateOf(layers: readonly Layer[]): GateLevel | undefined {
  return strictestLevel(layers.map(({ gate }) => gate));
}

export function applies(rule: Rule, question: Question): boolean {
  const allows = rule.effect === "allow";
  if (!matches(rule.match, question, allows)) return false;
  // What cannot be told is not allowed by its name alone.
  const named = rule.match.does === undefined && rule.match.dynamic === undefined;
  if (allows && named && question.action.dynamic) return false;
  const { unless, when } = rule;
  if (unless !== undefined && excepted(unless, question)) return false;
  return when === undefined || holdsWhen(when, question, allows);
}

/** All targets must fall under the exception. */
function excepted(unless: NonNullable<Rule["unless"]>, question: Question): boolean {
  const { paths_under: under, ...match } = unless;
  if (!matches(match, question, true)) return false;
  if (under === undefined) return true;
  const paths = question.action.facts.flatMap((fact) => (fact.path ? [fact.path] : []));
  return paths.length > 0 && paths.every((path) => isUnderAny(path, listOf(under), question));
}

/** Each reason with the first of what it is about. */
function reasonOf(effect: Effect, deciding: readonly Judged[], rules: readonly Rule[]): string {
  if (effect === "allow") return "";
  const facts = deciding.flatMap(({ action }) => action.facts);
  const why = new Map<string, string | undefined>();
  for (const { id, reason = id, match } of rules) {
    const note = facts.find(({ deed }) => match.does?.includes(deed) === true)?.note;
    why.set(reason, why.get(reason) ?? note);
  }
  if (why.size === 0) {
    const names = [...new Set(deciding.map(({ action }) => action.argv[0] ?? "the text"))];
    return `no rule knows ${names.join(", ")}`;
  }
  return [...why].map(([reason, note]) => (note ? `${reason}: ${note}` : reason)).join("; ");
}
