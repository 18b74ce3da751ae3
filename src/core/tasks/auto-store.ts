import type { Instant } from "../../base/clock.ts";
import type { AutoSetting } from "../../contract/execution.ts";
import type { NewApproval } from "../approvals/index.ts";

/** Whether the daemon takes tasks by itself, and what it asked before it takes one. */
export interface AutoStore {
  setting(): Promise<AutoSetting>;
  set(setting: Omit<AutoSetting, "since">, by: string, now: Instant): Promise<AutoSetting>;
  /** The id of the approval that was asked for this task. */
  asked(taskId: string): Promise<string | undefined>;
  /** Asks, once for a task. */
  ask(taskId: string, asked: NewApproval, now: Instant): Promise<string>;
}
