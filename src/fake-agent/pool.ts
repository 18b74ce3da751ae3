import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConductorError } from "../base/errors.ts";

/**
 * A folder through which panes find the process that drives them. A pane puts `<pid>.pane` there and waits
 * for its exit code on the fifo `<pid>.exit`; `driver.pid` names the driver.
 */
export interface Seat {
  readonly pid: number;
  readonly tty: string;
  readonly cwd: string;
  readonly script: string | undefined;
  readonly receipts: string | undefined;
}

// The fifo comes first, so that who sees the seat can answer. `end` closes the file: a driver that
// reads it half written looks again at the next change.
const TAKE_SEAT = `#!/bin/sh
# A pane of the scripted agent: sh FILE [SCRIPT [RECEIPTS]]. The pool's driver uses its terminal.
umask 077
me=\${0%/*}/$$
mkfifo "$me.exit" && printf '%s\\n' "$(tty)" "$PWD" "$1" "$2" end >"$me.pane" || exit 1
IFS= read -r code <"$me.exit"
rm -f "$me.exit" "$me.pane"
exit "\${code:-1}"
`;

/** The shell program that a pane runs to be driven. */
export function seatProgram(pool: string): string {
  return join(pool, "seat");
}

export function defaultPool(): string {
  return join(tmpdir(), `conductor-fake-agent-${process.getuid?.() ?? 0}`);
}

/**
 * Makes the folder with the program for panes in it.
 * @throws {ConductorError} `usage.invalid` where it belongs to somebody else
 */
export function openPool(pool: string): void {
  mkdirSync(pool, { recursive: true, mode: 0o700 });
  const stats = lstatSync(pool);
  const isOurs = process.getuid === undefined || stats.uid === process.getuid();
  if (!stats.isDirectory() || !isOurs) {
    throw new ConductorError("usage.invalid", `${pool} is not a folder of yours`);
  }
  // Never rewritten in place: a shell may be reading it.
  const draft = `${seatProgram(pool)}.${process.pid}`;
  writeFileSync(draft, TAKE_SEAT, { mode: 0o700 });
  renameSync(draft, seatProgram(pool));
}

/** A pane that is about to take its seat: from here on the driver does not leave. */
export function announce(pool: string, pid: number): void {
  writeFileSync(join(pool, `${pid}.pane`), "", { mode: 0o600 });
}

/** The panes of living processes; one that has not written its seat yet has none. */
export function readSeats(pool: string): Map<number, Seat | undefined> {
  const seats = new Map<number, Seat | undefined>();
  for (const name of readdirSync(pool)) {
    const pid = Number(/^(\d+)\.pane$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) continue;
    if (isAlive(pid)) seats.set(pid, readSeat(pool, pid));
    else removeSeat(pool, pid);
  }
  return seats;
}

function readSeat(pool: string, pid: number): Seat | undefined {
  const [tty, cwd, script, receipts, end] = linesOf(join(pool, `${pid}.pane`));
  if (end !== "end" || tty === undefined || cwd === undefined) return undefined;
  return { pid, tty, cwd, script: script || undefined, receipts: receipts || undefined };
}

/** From here on no scan finds the pane, though its program may still wait for its code. */
export function clearSeat(pool: string, pid: number): void {
  rmSync(join(pool, `${pid}.pane`), { force: true });
}

export function removeSeat(pool: string, pid: number): void {
  clearSeat(pool, pid);
  rmSync(join(pool, `${pid}.exit`), { force: true });
}

/** True where this process is now the pool's driver; false where another lives. */
export function claimDriver(pool: string): boolean {
  const file = join(pool, "driver.pid");
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (hasDriver(pool)) return false;
    rmSync(file, { force: true });
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return true;
    } catch {
      // Another claimed it in the meantime: look who.
    }
  }
  return false;
}

export function releaseDriver(pool: string): void {
  rmSync(join(pool, "driver.pid"), { force: true });
}

export function hasDriver(pool: string): boolean {
  const pid = Number(linesOf(join(pool, "driver.pid"))[0] ?? Number.NaN);
  return pid > 0 && isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}
