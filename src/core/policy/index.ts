export { decide, type Layer, type Verdict } from "./decide.ts";
export { EXAMPLE_PLACE, parsePolicy, toLayer } from "./load.ts";
export { recordOf } from "./record.ts";
export { redact } from "./redact.ts";
export type { DecisionFilter, DecisionStore, NewDecision } from "./store.ts";
