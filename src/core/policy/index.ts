export { decide, gateOf, type Layer, type LayerName, type Verdict } from "./decide.ts";
export { whyNoGrant } from "./grants.ts";
export { lint } from "./lint.ts";
export { EXAMPLE_PLACE, parsePolicy, toLayer } from "./load.ts";
export { marksOf } from "./marks.ts";
export { recordOf } from "./record.ts";
export { redact, redactAll } from "./redact.ts";
export type { DecisionFilter, DecisionStore, NewDecision } from "./store.ts";
