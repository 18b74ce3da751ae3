/** A Postgres of its own, as its package sets it up: default durability, a socket and no port. Nothing is installed. */
import { execFile } from "node:child_process";
import { chownSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Lifetime } from "../src/base/lifetime.ts";

const run = promisify(execFile);

export interface Postgres {
  readonly version: string;
  /** Where its socket is: what `pg` takes for a host. */
  readonly host: string;
  readonly user: string;
}

const USER = "postgres";
const START_SECONDS = "60";

/** Undefined where no Postgres is installed. */
export async function startPostgres(lifetime: Lifetime): Promise<Postgres | undefined> {
  const bin = globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1);
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "cndpg-"));
  lifetime.own(() => rmSync(folder, { recursive: true, force: true }));
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, await idOf("-u"), await idOf("-g"));
  const asUser = (program: string, ...args: readonly string[]) => {
    const words = [join(bin, program), ...args];
    const [file = "", ...rest] = isRoot ? ["runuser", "-u", USER, "--", ...words] : words;
    return run(file, rest, { cwd: folder });
  };
  const data = join(folder, "data");
  await asUser("initdb", "-D", data, "-U", USER, "--auth=trust");
  const options = `-c listen_addresses='' -c unix_socket_directories='${folder}'`;
  const log = join(folder, "log");
  await asUser("pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "-t", START_SECONDS, "start");
  lifetime.own(async () => void (await asUser("pg_ctl", "-D", data, "-m", "immediate", "stop")));
  const { stdout } = await asUser("postgres", "--version");
  return { version: stdout.trim(), host: folder, user: USER };
}

async function idOf(which: "-u" | "-g"): Promise<number> {
  return Number((await run("id", [which, USER])).stdout);
}

/** A package that is installed in the folder, or undefined: the product needs none of them. */
export async function peer(folder: string, name: string): Promise<unknown> {
  try {
    const file = createRequire(join(folder, "package.json")).resolve(name);
    return await import(pathToFileURL(file).href);
  } catch {
    return undefined;
  }
}
