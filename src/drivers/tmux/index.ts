export { createTmuxDriver, type TmuxDriver, type TmuxDriverOptions } from "./driver.ts";
export { shellQuote } from "./quote.ts";
