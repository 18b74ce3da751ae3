/** Two rules against each other: whether one is shadowed, contradicted, or not let relax the other. */
import { LAYERS, type Layer, SEVERITY } from "./decide.ts";
import type { Match, Rule } from "./schema.ts";

export interface Finding {
  readonly severity: "error" | "warning";
  /**
   * `shadowed`: another rule always decides. `dead`: it can match nothing. `contradictory`: another one says
   * otherwise about the same. `relaxing`: an outer layer does not let it. `broad`: it allows anything.
   * `advice`: what it recommends is refused.
   */
  readonly kind: "shadowed" | "dead" | "contradictory" | "relaxing" | "broad" | "advice";
  readonly layer: string;
  readonly rule: string;
  readonly says: string;
}

export interface Placed {
  readonly layer: Layer;
  readonly rule: Rule;
}

export function compare(one: Placed, other: Placed): Finding[] {
  return [...shadowed(one, other), ...contradictory(one, other), ...relaxing(one, other)];
}

function finding(
  { layer, rule }: Placed,
  kind: Finding["kind"],
  severity: Finding["severity"],
  says: string,
): Finding {
  return { severity, kind, layer: layer.name, rule: rule.id, says };
}

/** By one of its own layer or of an outer one. */
function shadowed(one: Placed, other: Placed): Finding[] {
  const isOuter = depth(other) < depth(one);
  if (depth(other) > depth(one) || isConditional(other.rule)) return [];
  if (!isWithin(one.rule.match, other.rule.match) || isAllowedBy(one, other)) return [];
  const difference = SEVERITY[other.rule.effect] - SEVERITY[one.rule.effect];
  const isTwin = isWithin(other.rule.match, one.rule.match);
  // Of two that say the same about the same, only the later one is told; what fights is told otherwise.
  if (difference < 0 || (difference > 0 && (isTwin || isNamed(one, other)) && isOuter)) return [];
  if (!isOuter && isTwin && (difference > 0 || one.rule.id < other.rule.id)) return [];
  const by = isOuter ? `${other.layer.name}/${other.rule.id}` : other.rule.id;
  const says = `never decides: ${by} matches all of it and says ${other.rule.effect}`;
  return [finding(one, "shadowed", "warning", says)];
}

function contradictory(one: Placed, other: Placed): Finding[] {
  if (depth(one) !== depth(other) || one.rule.id >= other.rule.id) return [];
  if (one.rule.effect === other.rule.effect) return [];
  const within = isWithin(one.rule.match, other.rule.match);
  const around = isWithin(other.rule.match, one.rule.match);
  // One inside the other is an exception, or shadowed.
  if (within !== around || !overlap(one.rule.match, other.rule.match)) return [];
  const wins = SEVERITY[one.rule.effect] > SEVERITY[other.rule.effect] ? one.rule : other.rule;
  const overlaps = hasWhen(one, other) ? "may overlap" : "overlaps";
  const says =
    within && !hasWhen(one, other) ? "says otherwise about the same than" : `${overlaps} with`;
  return [
    finding(
      one,
      "contradictory",
      "warning",
      `${says} ${other.rule.id}: where both match, ${wins.effect} wins`,
    ),
  ];
}

function relaxing(one: Placed, other: Placed): Finding[] {
  const isWeaker = SEVERITY[one.rule.effect] < SEVERITY[other.rule.effect];
  if (depth(one) <= depth(other) || !isWeaker || !isNamed(one, other)) return [];
  if (!overlap(one.rule.match, other.rule.match) || isAllowedBy(one, other)) return [];
  const by = `${other.layer.name}/${other.rule.id} says ${other.rule.effect} and may not be relaxed`;
  return [
    hasWhen(one, other)
      ? finding(one, "relaxing", "warning", `does not count where ${by}`)
      : finding(one, "relaxing", "error", `does not count: ${by}`),
  ];
}

function depth({ layer }: Placed): number {
  return LAYERS.indexOf(layer.name);
}

function isAllowedBy(one: Placed, other: Placed): boolean {
  return other.rule.overridable && other.rule.id === one.rule.id;
}

function isNamed(one: Placed, other: Placed): boolean {
  return one.rule.match.command !== undefined && other.rule.match.command !== undefined;
}

/** It may leave alone some of what its match names. */
function isConditional(rule: Rule): boolean {
  return rule.unless !== undefined || rule.when !== undefined;
}

/** What an expression leaves over cannot be told here: that the two meet is possible only. */
function hasWhen(one: Placed, other: Placed): boolean {
  return one.rule.when !== undefined || other.rule.when !== undefined;
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
export function isWithin(inner: Match, outer: Match): boolean {
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
  return "not" in value ? [`not ${value.not.toSorted().join(", ")}`] : value;
}
