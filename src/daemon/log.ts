import { pino } from "pino";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../contract/config.ts";
import { rotateFile, sizeOf } from "./log-files.ts";

const MOST_WAITING = 256 * 1024;

/** JSON lines; synchronous, so that the last line before a crash is there. Secrets never get this far, and are cut if they do. */
export function createLog(file: string, { level, maxBytes, files }: Config["log"]): Logger {
  const destination = pino.destination({
    dest: file,
    sync: true,
    mkdir: true,
    mode: 0o600,
    maxLength: MOST_WAITING,
  });
  // On a full disk the daemon goes on; lines wait for room as far as they fit, and the others are dropped.
  destination.on("error", () => undefined);
  let sizeBytes = sizeOf(file);
  const write = (line: string): void => {
    const lineBytes = Buffer.byteLength(line);
    if (sizeBytes > 0 && sizeBytes + lineBytes > maxBytes) {
      sizeBytes = 0;
      startAnew();
    }
    sizeBytes += lineBytes;
    destination.write(line);
  };
  const startAnew = (): void => {
    try {
      rotateFile(file, files);
      destination.reopen();
    } catch (error) {
      destination.write(`${JSON.stringify({ msg: `not rotated: ${describeError(error)}` })}\n`);
    }
  };
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: ["token", "*.token", "env", "*.env", "authorization"],
    },
    { write },
  );
}
