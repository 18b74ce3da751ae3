export { createTmuxDriver, type TmuxDriver, type TmuxDriverOptions } from "./driver.ts";
export { viewerArgv } from "./viewer.ts";
