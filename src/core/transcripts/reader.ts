/** What the lines of an agent's own session file tell, whatever their format. */
import type { Instant } from "../../base/clock.ts";
import type { AgentEvent } from "../terminals/index.ts";

/** What one call of a model took. Tokens read from a cache are no part of `input`. */
export interface TranscriptUsage {
  readonly kind: "usage";
  /** The same call has the same key, however often it is told. */
  readonly key: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** US dollars, where the file says it. */
  readonly cost: number | null;
}

/** The head of a file: whose session it is. */
export interface TranscriptSession {
  readonly kind: "session";
  readonly id: string;
  /** The folder, or its SHA-256, where the head says it. */
  readonly cwd: string | null;
}

export interface TranscriptEntry {
  /** By the agent's clock; null where the line has no time. */
  readonly at: Instant | null;
  readonly event: AgentEvent | TranscriptUsage | TranscriptSession;
}

/** Reads one file from its beginning, or from a prompt on, line by line. */
export interface TranscriptReader {
  /** Nothing for a line that is not known or cannot be read; never throws. */
  read(line: string): readonly TranscriptEntry[];
}
