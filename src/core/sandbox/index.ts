export type { Kind, Sandbox, SandboxFacts } from "./sandbox.ts";
export { sandbox } from "./sandbox.ts";
