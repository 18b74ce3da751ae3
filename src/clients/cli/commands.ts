import type { Command } from "commander";
import type { Context } from "./context.ts";

export interface CommandModule {
  /** `tail` is what stands behind `--` where the command hands it on. */
  build(context: Context, tail: readonly string[]): Command;
}

export interface CommandEntry {
  readonly about: string;
  readonly group: "daily" | "agents" | "setup";
  /** Its words behind `--` are not ours to parse. */
  readonly handsOnTail?: boolean;
  load(): Promise<CommandModule>;
}

/** Every command, each loaded only when it is called. The order is the one of the help. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  launch: {
    about: "start one agent or a whole team",
    group: "daily",
    handsOnTail: true,
    load: () => import("./launch.ts"),
  },
  ls: { about: "list every terminal", group: "daily", load: () => import("./ls.ts") },
  attach: { about: "watch an agent work", group: "daily", load: () => import("./attach.ts") },
  send: { about: "send an agent a message", group: "daily", load: () => import("./send.ts") },
  why: { about: "what decided a status", group: "daily", load: () => import("./why.ts") },
  shutdown: {
    about: "end a session's agents",
    group: "daily",
    load: () => import("./shutdown.ts"),
  },
  daemon: {
    about: "start, stop and look at the daemon",
    group: "setup",
    load: () => import("./daemon.ts"),
  },
};
