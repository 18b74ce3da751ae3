export { decideClaim } from "./claims.ts";
export {
  decide,
  gateOf,
  LAYERS,
  type Layer,
  type LayerName,
  type LayerRule,
  type Verdict,
} from "./decide.ts";
export { repositoryFiles } from "./folders.ts";
export { whyNoGrant } from "./grants.ts";
export { lint } from "./lint.ts";
export { EXAMPLE_PLACE, parsePolicy, toLayer } from "./load.ts";
export { marksOf } from "./marks.ts";
export type { Question } from "./match.ts";
export { mayOverride, withOverrides } from "./override.ts";
export { addOverride, removeOverride } from "./override-text.ts";
export { recordOf } from "./record.ts";
export { redact, redactAll } from "./redact.ts";
export { type PolicyFile, TOOLS, type Tool } from "./schema.ts";
export type { DecisionFilter, DecisionStore, NewDecision } from "./store.ts";
export { pinOf, type Standing, standingOf } from "./trust.ts";
