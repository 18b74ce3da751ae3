import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { qwen } from "./qwen.ts";
import type { TranscriptReader } from "./reader.ts";

export { type Line, LineSplitter } from "./lines.ts";
export { type TranscriptPath, transcriptPath } from "./path.ts";
export type { TranscriptReader } from "./reader.ts";
export type {
  NewUsage,
  TranscriptPosition,
  TranscriptStore,
  UsageFilter,
  UsageOwner,
} from "./store.ts";
export { usageTotal } from "./totals.ts";
export const transcriptReaders: Readonly<Record<string, () => TranscriptReader>> = {
  "claude-code": claudeCode,
  codex,
  gemini,
  qwen,
  copilot,
};
