export { loadProfiles } from "./profile-files.ts";
export { type LoadedProviders, loadProviders } from "./provider-files.ts";
export { type CatalogFiles, watchCatalog } from "./watch-catalog.ts";
