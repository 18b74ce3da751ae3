import { claudeCode } from "./claude-code.ts";
import type { HookContract } from "./contract.ts";

export type {
  HookCall,
  HookContract,
  HookSignal,
  HookVerdict,
  WrappedText,
} from "./contract.ts";

export const hookContracts: Readonly<Record<string, HookContract>> = { "claude-code": claudeCode };
