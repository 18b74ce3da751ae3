/** What is wrong with a set of layers though each file is right: rules that never count, and rules that fight. */
import { LAYERS, type Layer } from "./decide.ts";
import { listOf } from "./match.ts";
import { mayOverride } from "./override.ts";
import type { Match, Override, Rule } from "./schema.ts";

export interface Finding {
  readonly severity: "error" | "warning";
  readonly layer: string;
  readonly rule: string;
  readonly says: string;
}

const SEVERITY = { allow: 0, ask: 1, deny: 2 } as const;

interface Placed {
  readonly layer: Layer;
  readonly rule: Rule;
}

/** @param judge  what the layers say to a text: an advice that they would refuse is no advice */
export function lint(
  layers: readonly Layer[],
  judge: (text: string) => "allow" | "ask" | "deny",
): Finding[] {
  const placed = layers.flatMap((layer) =>
    layer.rules.filter(({ off }) => off !== true).map((rule): Placed => ({ layer, rule })),
  );
  const idle = layers.flatMap((by) =>
    (by.overrides ?? []).flatMap((said) => idleOverride(said, by, layers)),
  );
  const refused = (text: string) => judge(text) === "deny";
  const byAdvice = layers.flatMap(({ name, advice = [] }) =>
    advice.flatMap(({ instead }, at) =>
      refusedIn(instead, refused).map((text) => adviseRefused(name, `advice[${at}]`, text)),
    ),
  );
  const byRule = placed.flatMap((one) => [
    ...broadAllow(one),
    ...badAdvice(one, refused),
    ...placed.flatMap((other) => (other === one ? [] : compare(one, other))),
  ]);
  return [...byRule, ...byAdvice, ...idle];
}

/** It names no rule, or one that it may not relax. */
function idleOverride(said: Override, by: Layer, layers: readonly Layer[]): Finding[] {
  const named = layers.flatMap((layer) =>
    layer.rules.filter(({ id }) => id === said.rule).map((rule) => ({ layer, rule })),
  );
  const at = { severity: "error", layer: by.name, rule: said.rule } as const;
  if (named.length === 0) return [{ ...at, says: "is overridden here, and is no rule" }];
  return named
    .filter(
      ({ layer, rule }) =>
        !mayOverride(said, { ...rule, effect: rule.was ?? rule.effect }, { layer, by }),
    )
    .map(({ layer }) => ({
      ...at,
      says: `is not overridden: ${layer.name}/${said.rule} may not be relaxed here`,
    }));
}

function compare(one: Placed, other: Placed): Finding[] {
  return [...dead(one, other), ...contradicts(one, other), ...relaxes(one, other)];
}

function finding(at: Placed, severity: Finding["severity"], says: string): Finding {
  return { severity, layer: at.layer.name, rule: at.rule.id, says };
}

function dead(one: Placed, other: Placed): Finding[] {
  if (one.layer.name !== other.layer.name || isConditional(other.rule)) return [];
  if (one.rule.id === other.rule.id || !isWithin(one.rule.match, other.rule.match)) return [];
  const same = SEVERITY[one.rule.effect] === SEVERITY[other.rule.effect];
  const stronger = SEVERITY[other.rule.effect] > SEVERITY[one.rule.effect];
  // Of two that say the same about the same, only the later one is told.
  const twin = same && isWithin(other.rule.match, one.rule.match) && one.rule.id < other.rule.id;
  if ((!same && !stronger) || twin) return [];
  return [
    finding(
      one,
      "warning",
      `never decides: ${other.rule.id} matches all of it and says ${other.rule.effect}`,
    ),
  ];
}

function contradicts(one: Placed, other: Placed): Finding[] {
  if (one.layer.name !== other.layer.name || one.rule.id >= other.rule.id) return [];
  const differ = one.rule.effect !== other.rule.effect;
  const nested =
    isWithin(one.rule.match, other.rule.match) || isWithin(other.rule.match, one.rule.match);
  if (!differ || nested || !overlap(one.rule.match, other.rule.match)) return [];
  const wins = SEVERITY[one.rule.effect] > SEVERITY[other.rule.effect] ? one.rule : other.rule;
  const overlaps = hasWhen(one, other) ? "may overlap" : "overlaps";
  return [
    finding(
      one,
      "warning",
      `${overlaps} with ${other.rule.id}: where both match, ${wins.effect} wins`,
    ),
  ];
}

function relaxes(one: Placed, other: Placed): Finding[] {
  const inner = LAYERS.indexOf(one.layer.name) > LAYERS.indexOf(other.layer.name);
  const weaker = SEVERITY[one.rule.effect] < SEVERITY[other.rule.effect];
  const named = one.rule.match.command !== undefined && other.rule.match.command !== undefined;
  if (!inner || !weaker || !named || !overlap(one.rule.match, other.rule.match)) return [];
  if (other.rule.overridable && other.rule.id === one.rule.id) return [];
  const by = `${other.layer.name}/${other.rule.id} says ${other.rule.effect} and may not be relaxed`;
  return [
    hasWhen(one, other)
      ? finding(one, "warning", `does not count where ${by}`)
      : finding(one, "error", `does not count: ${by}`),
  ];
}

/** It may leave alone some of what its match names. */
function isConditional(rule: Rule): boolean {
  return rule.unless !== undefined || rule.when !== undefined;
}

/** What an expression leaves over cannot be told here: that the two meet is possible only. */
function hasWhen(one: Placed, other: Placed): boolean {
  return one.rule.when !== undefined || other.rule.when !== undefined;
}

const BROAD = new Set(
  "sh bash zsh dash fish eval env xargs sudo nohup timeout nice time python python3 node ruby perl php deno bun awk find git make ssh docker".split(
    " ",
  ),
);

/** Whoever may run an interpreter or a wrapper may run anything. */
function broadAllow(one: Placed): Finding[] {
  if (one.rule.effect !== "allow" || one.rule.match.command === undefined) return [];
  if (one.rule.match.does !== undefined) return [];
  return listOf(one.rule.match.command)
    .filter((command) => BROAD.has(command))
    .map((command) => finding(one, "error", `allows ${command} with whatever it is told to run`));
}

function badAdvice({ layer, rule }: Placed, refused: (text: string) => boolean): Finding[] {
  return refusedIn(`${rule.reason ?? ""} ${rule.instead ?? ""}`, refused).map((text) =>
    adviseRefused(layer.name, rule.id, text),
  );
}

/** The commands that a text quotes and that the policy would refuse. */
function refusedIn(text: string, refused: (text: string) => boolean): string[] {
  const quoted = (text.match(/`[^`]+`/g) ?? []).map((each) => each.slice(1, -1));
  return quoted.filter((each) => each.includes(" ") && refused(each));
}

function adviseRefused(layer: string, rule: string, text: string): Finding {
  return { severity: "error", layer, rule, says: `advises what is refused: ${text}` };
}

const KEYS = [
  "command",
  "flags",
  "does",
  "paths",
  "labels",
  "tool",
  "analysis",
  "redirects",
] as const;

/** Every command that `inner` matches is matched by `outer` too, as far as the matchers can tell. */
function isWithin(inner: Match, outer: Match): boolean {
  if (outer.dynamic !== undefined && inner.dynamic !== outer.dynamic) return false;
  if (outer.refspec !== undefined && inner.refspec !== outer.refspec) return false;
  return KEYS.every((key) => {
    const all = values(outer, key);
    if (all === undefined) return true;
    const some = values(inner, key);
    return some?.every((value) => all.some((each) => covers(key, each, value))) === true;
  });
}

/** They constrain something in common, and nothing keeps them apart. */
function overlap(one: Match, other: Match): boolean {
  const common = KEYS.filter((key) => one[key] !== undefined && other[key] !== undefined);
  return (
    common.length > 0 &&
    common.every((key) => {
      const theirs = values(other, key) ?? [];
      return values(one, key)?.some((value) =>
        theirs.some((each) => covers(key, each, value) || covers(key, value, each)),
      );
    })
  );
}

/** `git` covers `git push`. */
function covers(key: (typeof KEYS)[number], wide: string, narrow: string): boolean {
  return wide === narrow || (key === "command" && narrow.startsWith(`${wide} `));
}

function values(match: Match, key: (typeof KEYS)[number]): readonly string[] | undefined {
  const value = match[key];
  if (value === undefined) return undefined;
  if (typeof value === "string") return [value];
  return "not" in value ? value.not.map((label) => `not ${label}`) : value;
}
