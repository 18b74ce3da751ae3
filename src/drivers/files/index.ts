export { openPolicies, type PolicyFiles } from "./policy-files.ts";
export { watchCatalog } from "./watch-catalog.ts";
