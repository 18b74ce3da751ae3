import { closeSync, constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ReadStream, WriteStream } from "node:tty";
import { Agent, type Ending } from "./agent.ts";
import { clearSeat, removeSeat, type Seat } from "./pool.ts";
import { readScript } from "./script-file.ts";

const RETRY_MS = 20;
const RETRIES = 250;

/** An agent on the terminal of another process, which waits to be told how to exit. */
export class DrivenPane {
  readonly tty: string;
  readonly #seat: Seat;
  readonly #pool: string;
  readonly #gone: () => void;
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #agent: Agent | undefined;

  constructor(seat: Seat, pool: string, gone: () => void) {
    this.tty = seat.tty;
    this.#seat = seat;
    this.#pool = pool;
    this.#gone = gone;
    // Each stream owns and closes its descriptor, so each gets one.
    this.#input = new ReadStream(openTerminal(seat.tty));
    this.#output = new WriteStream(openTerminal(seat.tty));
  }

  start(): void {
    const { cwd, script, receipts, tty } = this.#seat;
    this.#agent = new Agent({
      input: this.#input,
      output: this.#output,
      cwd,
      script: readScript(script),
      receipts,
      ended: (ending) => this.#end(ending),
      changed: (mode) => {
        const at = performance.timeOrigin + performance.now();
        process.stdout.write(`${JSON.stringify({ at, tty, mode })}\n`);
      },
    });
  }

  submit(text: string): void {
    this.#agent?.submit(text);
  }

  refreshSize(): void {
    // Node does this itself on SIGWINCH, which a process outside the pane never gets.
    const output: object = this.#output;
    if ("_refreshSize" in output && typeof output["_refreshSize"] === "function") {
      output["_refreshSize"]();
    }
  }

  /** The driver stops: the pane's program ends with an error, its terminal as it was. */
  leave(): void {
    this.#agent?.[Symbol.dispose]();
    this.#end({ code: 1 });
  }

  #end(ending: Ending): void {
    this.#input.destroy();
    this.#output.destroy();
    // Before it is forgotten, or the next scan would take it for a new pane.
    clearSeat(this.#pool, this.#seat.pid);
    this.#gone();
    if ("signal" in ending) signalTo(this.#seat.pid, ending.signal);
    else this.#tell(ending.code, RETRIES);
  }

  /** The fifo has a reader once the pane's shell waits, which may be a moment after it registered. */
  #tell(code: number, retries: number): void {
    try {
      const file = join(this.#pool, `${this.#seat.pid}.exit`);
      const fifo = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(fifo, `${code}\n`);
      closeSync(fifo);
    } catch {
      const isThere = signalTo(this.#seat.pid, 0);
      if (isThere && retries > 0) setTimeout(() => this.#tell(code, retries - 1), RETRY_MS);
      else removeSeat(this.#pool, this.#seat.pid);
    }
  }
}

function openTerminal(tty: string): number {
  return openSync(tty, constants.O_RDWR | constants.O_NOCTTY);
}

function signalTo(pid: number, signal: string | number): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
