export type { Mirror, ProviderDefinition } from "./definition.ts";
export { type Detection, detect } from "./detect.ts";
export type { SeenDialog } from "./dialogs.ts";
export { parseProvider } from "./parse.ts";
export type { ScreenInput } from "./view.ts";
