/**
 * What an owner says otherwise about a rule of an outer layer, in one place of a policy file. The global file may
 * override any rule, built-in ones included; a project's or an agent's only what may be relaxed, or to be stricter.
 */
import { LAYERS, type Layer, type LayerRule, SEVERITY } from "./decide.ts";
import type { Override } from "./schema.ts";

/** Every layer with what it and the inner ones override. */
export function withOverrides(layers: readonly Layer[]): Layer[] {
  if (layers.every(({ overrides }) => (overrides ?? []).length === 0)) return [...layers];
  return layers.map((layer) => ({
    ...layer,
    rules: layer.rules.map((rule) => overridden(rule, layer, layers)),
  }));
}

function overridden(rule: LayerRule, layer: Layer, layers: readonly Layer[]): LayerRule {
  return layers.reduce((now, by) => {
    const said = by.overrides?.find((one) => one.rule === rule.id);
    if (said === undefined || !mayOverride(said, now, { layer, by })) return now;
    const was = now.was ?? now.effect;
    return said.effect === "off"
      ? { ...now, was, off: true }
      : { ...now, was, effect: said.effect };
  }, rule);
}

/** Whether it counts where it stands. */
export function mayOverride(
  said: Pick<Override, "effect">,
  rule: LayerRule,
  { layer, by }: { readonly layer: Pick<Layer, "name">; readonly by: Pick<Layer, "name"> },
): boolean {
  if (LAYERS.indexOf(by.name) < LAYERS.indexOf(layer.name)) return false;
  if (by.name === "global" || rule.overridable) return true;
  return said.effect !== "off" && SEVERITY[said.effect] >= SEVERITY[rule.effect];
}
