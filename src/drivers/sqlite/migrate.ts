import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type Sqlite from "better-sqlite3";
import { ConductorError } from "../../base/errors.ts";

interface Migration {
  readonly version: number;
  readonly sql: string;
}

/**
 * Brings the schema to the newest version, each step in a transaction of its own.
 * A database that has data in it is copied first; the copy's path is returned.
 * @throws {ConductorError} `daemon.version` for a database written by a newer version
 */
export function migrate(
  db: Sqlite.Database,
  folder: string = migrationsFolder(),
): string | undefined {
  const migrations = readMigrations(folder);
  const newest = migrations.at(-1)?.version ?? 0;
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version > newest) throw tooNew(db.name, version, newest);
  if (version === newest) return undefined;
  const copy = version === 0 ? undefined : copyDatabase(db, version);
  for (const migration of migrations) if (migration.version > version) apply(db, migration);
  return copy;
}

/** Beside this file in the source; in the bundle this code stands in dist/ or dist/chunks/. */
function migrationsFolder(): string {
  const candidates = ["migrations", "../migrations"].map((folder) =>
    path.resolve(import.meta.dirname, folder),
  );
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`no migrations in ${candidates.join(" or ")}`);
  return found;
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .toSorted()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      sql: readFileSync(path.join(folder, name), "utf8"),
    }));
}

function apply(db: Sqlite.Database, migration: Migration): void {
  const step = db.transaction(() => {
    // Another process may have done it while this one waited for the lock.
    if (Number(db.pragma("user_version", { simple: true })) >= migration.version) return;
    db.exec(migration.sql);
    db.pragma(`user_version = ${migration.version}`);
  });
  step.immediate();
}

function copyDatabase(db: Sqlite.Database, version: number): string {
  const copy = `${db.name}.v${version}.bak`;
  rmSync(copy, { force: true });
  db.prepare("VACUUM INTO ?").run(copy);
  chmodSync(copy, 0o600);
  return copy;
}

function tooNew(file: string, version: number, newest: number): ConductorError {
  return new ConductorError(
    "daemon.version",
    `${file} was written by a newer version (schema ${version}, this one knows ${newest})`,
    { hint: "install the newer version again, or set CONDUCTOR_HOME to another directory" },
  );
}
