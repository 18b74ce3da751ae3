import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { ConductorError } from "../base/errors.ts";
import { announce, defaultPool, hasDriver, openPool, seatProgram } from "./pool.ts";

export interface LightOptions {
  /** The default pool of this user where it is not given. */
  readonly pool: string | undefined;
  readonly script: string | undefined;
  readonly receipts: string | undefined;
  /** How this program is started: the interpreter's arguments up to our own. */
  readonly program: readonly string[];
}

/** Becomes a shell of about a megabyte whose terminal the pool's driver uses; starts the driver if there is none. */
export function becomeSeat(options: LightOptions): never {
  // The driver has another working directory: it needs whole paths.
  const pool = resolve(options.pool ?? defaultPool());
  if (process.execve === undefined) {
    throw new ConductorError("usage.invalid", "--light needs a Node with process.execve (22.15)");
  }
  openPool(pool);
  announce(pool, process.pid);
  if (!hasDriver(pool)) startDriver(pool, options.program);
  const files = [options.script, options.receipts].map((file) => (file ? resolve(file) : ""));
  // The first argument is the name that ps and tmux show.
  return process.execve("/bin/sh", ["fake-agent", seatProgram(pool), ...files]);
}

function startDriver(pool: string, program: readonly string[]): void {
  const args = [...process.execArgv, ...program, "--drive", pool, "--until-empty"];
  spawn(process.execPath, args, { detached: true, stdio: "ignore", cwd: "/" }).unref();
}
