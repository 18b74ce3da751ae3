import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { qwen } from "./qwen.ts";
import type { TranscriptReader } from "./reader.ts";
import { claudeCodeStream } from "./streams/claude-code.ts";
import { codexStream } from "./streams/codex.ts";
import { geminiStream } from "./streams/gemini.ts";
import { opencodeStream } from "./streams/opencode.ts";

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

/** What CLIs print in their own mode for programs, by its format. */
export const streamReaders: Readonly<Record<string, () => TranscriptReader>> = {
  "claude-code": claudeCodeStream,
  codex: codexStream,
  gemini: geminiStream,
  opencode: opencodeStream,
};
