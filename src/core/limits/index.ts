/** When a quota or rate limit that a CLI tells of is over. Pure. */
export { retryAtOf } from "./notice.ts";
