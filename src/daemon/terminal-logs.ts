/** What becomes of the logs that tmux writes for each terminal: rotation by size, removal by age. */
import { rmSync } from "node:fs";
import type { Instant } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { PaneDriver } from "../core/terminals/index.ts";
import { type LogFile, listLogs, rotateFile, sizeOf } from "./log-files.ts";

export interface TerminalLogsPorts {
  readonly driver: Pick<PaneDriver, "startLog">;
  readonly log: Logger;
  readonly folder: string;
  readonly limits: { readonly maxBytes: number; readonly files: number };
  readonly live: () => readonly LoggedTerminal[];
}

interface LoggedTerminal {
  readonly id: string;
  readonly paneId: string | null;
  readonly logPath: string;
}

export interface TerminalLogs {
  /** Starts a new file for each log that is full. */
  rotate(): Promise<void>;
  /** Removes what was last written before that time; never the file that a live terminal writes to. */
  removeOld(before: Instant): void;
  /** Removes all logs of terminals that are forgotten. */
  remove(terminalIds: readonly string[]): void;
}

export function createTerminalLogs(ports: TerminalLogsPorts): TerminalLogs {
  const { driver, log, folder, limits, live } = ports;
  /** Sizes of the newest rotated files: one that still grows was moved, but its writer was not. */
  const moved = new Map<string, number>();

  const rotateOne = async ({ paneId, logPath }: LoggedTerminal): Promise<void> => {
    if (paneId === null) return;
    const isFull = sizeOf(logPath) > limits.maxBytes;
    if (isFull) rotateFile(logPath, limits.files);
    const size = sizeOf(`${logPath}.1`);
    const isStillWritten = !isFull && size > (moved.get(logPath) ?? size);
    moved.set(logPath, size);
    if (isFull || isStillWritten) await driver.startLog(paneId);
  };
  const removeWhere = (isDue: (file: LogFile) => boolean): void => {
    for (const file of listLogs(folder)) if (isDue(file)) rmSync(file.path, { force: true });
  };

  return {
    rotate: async () => {
      for (const terminal of live()) {
        try {
          await rotateOne(terminal);
        } catch (error) {
          const fields = { terminal: terminal.id, error: describeError(error) };
          log.warn(fields, "a terminal's log was not rotated");
        }
      }
    },
    removeOld: (before) => {
      const ids = new Set(live().map(({ id }) => id));
      removeWhere(
        (file) => file.changedAt < before && !(file.age === 0 && ids.has(file.terminalId)),
      );
    },
    remove: (terminalIds) => {
      const ids = new Set(terminalIds);
      removeWhere((file) => ids.has(file.terminalId));
    },
  };
}
