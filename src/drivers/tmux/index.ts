export { createTmuxDriver, type TmuxDriver, type TmuxDriverOptions } from "./driver.ts";
export { type ViewerWish, viewerArgv } from "./viewer.ts";
