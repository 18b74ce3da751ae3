export { createTmuxDriver, type TmuxDriver, type TmuxDriverOptions } from "./driver.ts";
