export { createTmuxDriver } from "./create-driver.ts";
export type { TmuxDriver, TmuxDriverOptions } from "./driver.ts";
export { shellQuote } from "./quote.ts";
