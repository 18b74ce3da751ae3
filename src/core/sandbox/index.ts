export { isUnder } from "./paths.ts";
export type { Kind, Sandbox, SandboxFacts } from "./sandbox.ts";
export { SANDBOX_PROBE, sandbox } from "./sandbox.ts";
