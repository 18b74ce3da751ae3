/** What is wrong with a set of layers though each file is right: rules that never count, and rules that fight. */
import { analyse, runsOthers } from "../guard/index.ts";
import type { Layer } from "./decide.ts";
import { compare, type Finding, isWithin, type Placed } from "./lint-pairs.ts";
import { EXAMPLE_PLACE } from "./load.ts";
import { listOf } from "./match.ts";
import { mayOverride } from "./override.ts";
import type { Override } from "./schema.ts";

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
    ...dead(one),
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
  if (named.length === 0)
    return [{ ...at, kind: "dead", says: "is overridden here, and is no rule" }];
  return named
    .filter(
      ({ layer, rule }) =>
        !mayOverride(said, { ...rule, effect: rule.was ?? rule.effect }, { layer, by }),
    )
    .map(({ layer }) => ({
      ...at,
      kind: "relaxing",
      says: `is not overridden: ${layer.name}/${said.rule} may not be relaxed here`,
    }));
}

/** What no command can ever be: excepted as a whole, or called by words that the guard does not leave. */
function dead({ layer, rule }: Placed): Finding[] {
  const at = { severity: "warning", kind: "dead", layer: layer.name, rule: rule.id } as const;
  const { paths_under: under, ...excepted } = rule.unless ?? {};
  if (rule.unless !== undefined && under === undefined && isWithin(rule.match, excepted))
    return [{ ...at, says: "matches nothing: its unless leaves out all of its match" }];
  return listOf(rule.match.command ?? []).flatMap((command) => {
    const read = analyse(command, EXAMPLE_PLACE, () => 0).actions.map(({ words }) =>
      words.join(" "),
    );
    if (read.length === 0 || read.some((words) => words.startsWith(command))) return [];
    return [
      { ...at, says: `matches nothing by ${command}: the guard reads it as ${read[0] ?? ""}` },
    ];
  });
}

/** Beside what the guard knows to run others: by their settings, or by their subcommands. */
const BROAD = new Set(["git", "fish", "deno", "bun"]);

/** Whoever may run an interpreter, a wrapper or a file that an agent can write may run anything. */
function broadAllow({ layer, rule }: Placed): Finding[] {
  const { command, does, dynamic } = rule.match;
  if (rule.effect !== "allow" || command === undefined || does !== undefined) return [];
  const at = { severity: "error", kind: "broad", layer: layer.name, rule: rule.id } as const;
  return listOf(command).flatMap((each) => {
    const [program = "", ...more] = each.split(" ");
    const isWhole = more.length === 0 || more[0] === "*";
    if (isWhole && (BROAD.has(program) || runsOthers(program)))
      return [{ ...at, says: `allows ${each} with whatever it is told to run` }];
    const isOwn = program.includes("/") && !/^\/(usr|bin|sbin|opt|lib)\//.test(program);
    if (isOwn && dynamic === undefined)
      return [{ ...at, says: `allows ${program}, which an agent can write itself` }];
    return [];
  });
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
  return {
    severity: "error",
    kind: "advice",
    layer,
    rule,
    says: `advises what is refused: ${text}`,
  };
}
