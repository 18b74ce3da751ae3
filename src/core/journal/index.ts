export { canonicalJson } from "./canonical.ts";
export { chainHash } from "./chain.ts";
export type { Journal } from "./journal.ts";
