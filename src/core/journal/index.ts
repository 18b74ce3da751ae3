export { canonicalJson } from "./canonical.ts";
export { chainHash } from "./chain.ts";
export { ChainCheck, type StoredLink } from "./check.ts";
export type { Journal } from "./journal.ts";
