import { pino } from "pino";
import type { Logger } from "../base/log.ts";

/** JSON lines; synchronous, so that the last line before a crash is there. Secrets never get this far, and are cut if they do. */
export function createLog(file: string, level: "debug" | "info" | "warn" | "error"): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: ["token", "*.token", "env", "*.env", "authorization"],
    },
    pino.destination({ dest: file, sync: true, mkdir: true, mode: 0o600 }),
  );
}
