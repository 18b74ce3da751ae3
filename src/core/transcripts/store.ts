import type { Instant } from "../../base/clock.ts";
import type { UsageRow } from "../../contract/usage.ts";
import type { TranscriptUsage } from "./reader.ts";

export interface TranscriptPosition {
  readonly path: string;
  readonly inode: string;
  readonly offset: number;
}

export interface NewUsage extends Omit<TranscriptUsage, "kind"> {
  readonly at: Instant;
}

/** Whose usage it is; the name as it was then. */
export interface UsageOwner {
  readonly terminalId: string;
  readonly session: string;
  readonly name: string;
  readonly provider: string;
  readonly turnId: string | null;
}

export interface UsageFilter {
  /** A terminal's id or its name. */
  readonly terminal?: string | undefined;
  readonly session?: string | undefined;
  readonly since?: Instant | undefined;
  readonly turn?: string | undefined;
}

export interface TranscriptStore {
  position(terminalId: string): Promise<TranscriptPosition | undefined>;
  /**
   * What was read, and how far, where it stands in a file that is followed: one transaction. A call that is
   * known already is not counted again.
   */
  record(
    owner: UsageOwner,
    position: TranscriptPosition | null,
    usage: readonly NewUsage[],
  ): Promise<void>;
  /** Summed up by terminal and model, the newest last. */
  usage(filter: UsageFilter): Promise<readonly UsageRow[]>;
  /** How far the files of terminals that are not known any more were read. */
  forget(terminalIds: readonly string[]): Promise<void>;
}
