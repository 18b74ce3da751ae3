import type { Command } from "commander";
import type { Context } from "./context.ts";

/** What a command may need beside its context. */
export interface CommandExtras {
  /** What stands behind `--` where the command hands it on. */
  readonly tail: readonly string[];
  /** Every command there is. */
  readonly commands: Readonly<Record<string, CommandEntry>>;
}

export interface CommandModule {
  build(context: Context, extras: CommandExtras): Command;
}

export interface CommandEntry {
  readonly about: string;
  readonly group: "daily" | "agents" | "setup";
  /** Its words behind `--` are not ours to parse. */
  readonly handsOnTail?: boolean;
  load(): Promise<CommandModule>;
}
