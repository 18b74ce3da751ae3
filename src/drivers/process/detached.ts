/**
 * A process that goes on when the daemon dies, and is found again by the next one. It has a folder: `in` and
 * `out` are its streams, `err` what it complains of; `begun` names the process and `end` its exit code. Whoever makes `begun`
 * first has decided whether it runs, so that it never runs twice.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, type FSWatcher, openSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";

export interface DetachedSpec {
  /** Holds `in` already: a file, or a pipe that has a name. */
  readonly folder: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Detached extends Disposable {
  /** Of the shell that leads its group; undefined where it has ended. */
  readonly pid: number | undefined;
  /** Its exit code; null where nobody could write that down. Never rejects. */
  readonly ended: Promise<number | null>;
  /** To all of its group. */
  signal(name: NodeJS.Signals): void;
}

/**
 * It makes `begun`, or runs nothing. In a file that is open for both the pipe's other end may come and go.
 * INT and TERM are for the program: the shell lives to write its exit code down.
 */
const SCRIPT = `folder=$1; shift
{ read -r born < /proc/$$/stat; } 2>/dev/null || born="$$ (sh)"
set -C
printf '%s\\n' "$born" > "$folder/begun" || exit 125
set +C
trap : INT TERM HUP
export CONDUCTOR_PANE=$$
"$@" <> "$folder/in" > "$folder/out" 2> "$folder/err"
code=$?
printf '%s\\n' "$code" > "$folder/end.new" && mv -f "$folder/end.new" "$folder/end"
`;

/** Only for a shell that was killed under a daemon that is not its parent: all else is told. */
const LOOK_MS = 5_000;

/** Resolves when it is started. */
export async function startDetached({ folder, argv, cwd, env }: DetachedSpec): Promise<void> {
  const words = ["-c", SCRIPT, "conductor-run", folder, ...argv];
  const child = spawn("/bin/sh", words, { cwd, env: { ...env }, detached: true, stdio: "ignore" });
  await once(child, "spawn");
  child.unref();
}

/** True where nothing has begun there, and nothing will any more. */
export function preventDetached(folder: string): boolean {
  try {
    closeSync(openSync(join(folder, "begun"), "wx", 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // Without its folder it can begin as little.
    if (codeOf(error) === "ENOENT") return true;
    throw error;
  }
}

export function followDetached(folder: string, clock: Clock): Detached {
  return new Followed(folder, clock);
}

class Followed implements Detached {
  readonly ended: Promise<number | null>;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #end: (code: number | null) => void;
  readonly #watcher: FSWatcher;
  #cancel: () => void = () => undefined;
  /** Since when it is looked for. */
  readonly #since: number;

  constructor(folder: string, clock: Clock) {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.ended = promise;
    this.#end = resolve;
    this.#folder = folder;
    this.#clock = clock;
    this.#since = clock.now();
    this.#watcher = watch(folder, (_event, name) => {
      if (name === null || name === "end" || name === "begun") this.#check();
    });
    this.#watcher.on("error", () => undefined);
    this.#check();
  }

  get pid(): number | undefined {
    const born = bornOf(read(join(this.#folder, "begun")));
    return born !== undefined && isSame(born) ? born.pid : undefined;
  }

  signal(name: NodeJS.Signals): void {
    const { pid } = this;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It ended at this moment.
    }
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
    this.#cancel();
  }

  #check(): void {
    const code = read(join(this.#folder, "end")).trim();
    if (code !== "") return this.#over(Number(code));
    const born = bornOf(read(join(this.#folder, "begun")));
    const isLate = born === undefined && this.#clock.now() - this.#since > LOOK_MS;
    if (isLate || (born !== undefined && !isSame(born))) {
      // It may have written its last word between the two looks.
      const last = read(join(this.#folder, "end")).trim();
      return this.#over(last === "" ? null : Number(last));
    }
    this.#cancel();
    this.#cancel = this.#clock.after(LOOK_MS, () => this.#check());
  }

  #over(code: number | null): void {
    this[Symbol.dispose]();
    this.#end(code);
  }
}

interface Born {
  readonly pid: number;
  /** In ticks since the machine's start; undefined where there is no /proc. */
  readonly startedAt: string | undefined;
}

/** `/proc/PID/stat`: the start is the 20th behind the name in brackets (proc(5)). */
function bornOf(stat: string): Born | undefined {
  const pid = Number.parseInt(stat, 10);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, startedAt: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] };
}

/** A number may have been given to another process meanwhile. */
function isSame({ pid, startedAt }: Born): boolean {
  if (startedAt !== undefined) {
    const now = read(`/proc/${pid}/stat`);
    return bornOf(now)?.startedAt === startedAt && !/\) Z /.test(now);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}
