export { retryAfterMs } from "./retry.ts";
export { compileRules, type Rules } from "./rules.ts";
export { webhookHeaders } from "./sign.ts";
export type {
  Attempt,
  NewNotification,
  NotificationRecord,
  NotificationStore,
  Settled,
} from "./store.ts";
export { textOf } from "./text.ts";
