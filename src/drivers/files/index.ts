export { watchCatalog } from "./watch-catalog.ts";
