import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import type { HookContract } from "./contract.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { opencode } from "./opencode.ts";
import { qwen } from "./qwen.ts";

export type {
  HookAnswer,
  HookCall,
  HookContract,
  HookQuestion,
  HookSignal,
  HookVerdict,
  WrappedText,
} from "./contract.ts";

export const hookContracts: Readonly<Record<string, HookContract>> = {
  "claude-code": claudeCode,
  codex,
  copilot,
  gemini,
  opencode,
  qwen,
};
