import { fstatSync, watch } from "node:fs";
import { createInterface } from "node:readline";
import { describeError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { DrivenPane } from "./pane.ts";
import { claimDriver, openPool, readSeats, releaseDriver, removeSeat, type Seat } from "./pool.ts";

export interface DriverOptions {
  readonly pool: string;
  /** Leaves when no pane has been there for a while; without it only a signal ends the driver. */
  readonly untilEmpty: boolean;
}

const LINGER_MS = 5000;
// A pane's new size reaches only the processes inside it: the driver has to look.
const LOOK_MS = 1000;

/**
 * Drives every pane of a pool. A line `TTY TEXT` on stdin (`*` for all) submits a prompt without typing;
 * each change of a pane's mode is a JSON line on stdout: `at` (epoch ms), `tty`, `mode`.
 */
export async function drive(options: DriverOptions): Promise<number> {
  const { pool } = options;
  openPool(pool);
  if (!claimDriver(pool)) {
    process.stderr.write(`fake-agent: ${pool} has a driver already\n`);
    return options.untilEmpty ? 0 : 1;
  }
  return Lifetime.run(async (lifetime) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    lifetime.own(() => releaseDriver(pool));
    const panes = lifetime.own(new Panes(pool));
    const watcher = watch(pool, () => panes.scan());
    lifetime.own(() => watcher.close());
    let emptySince: number | undefined;
    const timer = setInterval(() => {
      panes.look();
      emptySince = panes.isEmpty ? (emptySince ?? Date.now()) : undefined;
      const isDue = emptySince !== undefined && Date.now() - emptySince >= LINGER_MS;
      if (options.untilEmpty && isDue && leaves(pool)) resolve(0);
    }, LOOK_MS);
    lifetime.own(() => clearInterval(timer));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const stop = (): void => resolve(0);
      process.on(signal, stop);
      lifetime.own(() => void process.off(signal, stop));
    }
    lifetime.own(listen((line) => panes.submit(line), resolve));
    panes.scan();
    return promise;
  });
}

/** Reads commands from a pipe; its end means that the owner has gone. A terminal or /dev/null says nothing. */
function listen(take: (line: string) => void, ended: (code: number) => void): () => void {
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return () => undefined;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", take);
  lines.on("close", () => ended(0));
  return () => {
    lines.close();
    process.stdin.unref();
  };
}

/** A pane announces itself before it looks for a driver: with the claim given up, one more look is safe. */
function leaves(pool: string): boolean {
  releaseDriver(pool);
  return readSeats(pool).size === 0 || !claimDriver(pool);
}

class Panes implements Disposable {
  readonly #pool: string;
  readonly #panes = new Map<number, DrivenPane>();
  #hasVisitors = false;

  constructor(pool: string) {
    this.#pool = pool;
  }

  get isEmpty(): boolean {
    return this.#panes.size === 0 && !this.#hasVisitors;
  }

  /** Takes over every pane that has come since the last scan. */
  readonly scan = (): void => {
    const seats = readSeats(this.#pool);
    this.#hasVisitors = seats.size > 0;
    for (const [pid, seat] of seats) {
      if (seat !== undefined && !this.#panes.has(pid)) this.#adopt(seat);
    }
  };

  look(): void {
    for (const pane of this.#panes.values()) pane.refreshSize();
    this.scan();
  }

  submit(line: string): void {
    const [, tty = "", text = ""] = /^(\S+) (.*)$/s.exec(line) ?? [];
    for (const pane of this.#panes.values()) {
      if (tty === "*" || tty === pane.tty) pane.submit(text);
    }
  }

  [Symbol.dispose](): void {
    for (const pane of this.#panes.values()) pane.leave();
    this.#panes.clear();
  }

  #adopt(seat: Seat): void {
    try {
      const pane = new DrivenPane(seat, this.#pool, () => this.#panes.delete(seat.pid));
      this.#panes.set(seat.pid, pane);
      pane.start();
    } catch (error) {
      process.stderr.write(`fake-agent: ${seat.tty}: ${describeError(error)}\n`);
      removeSeat(this.#pool, seat.pid);
    }
  }
}
