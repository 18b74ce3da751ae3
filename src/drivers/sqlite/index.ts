export { openStores, type Stores } from "./stores.ts";
