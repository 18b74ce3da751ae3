export { createConditions } from "./condition.ts";
