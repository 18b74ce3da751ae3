export type { ConductorDatabase } from "./database.ts";
export { type OpenOptions, openDatabase } from "./open.ts";
export { openStores, type Stores } from "./stores.ts";
