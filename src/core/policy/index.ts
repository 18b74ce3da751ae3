export { decide, type Layer, type Verdict } from "./decide.ts";
export { parsePolicy, toLayer } from "./load.ts";
