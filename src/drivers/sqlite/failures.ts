import Sqlite from "better-sqlite3";
import { ConductorError } from "../../base/errors.ts";

/** What SQLite says, as an error that a person can act on; anything else passes unchanged. */
export function storeFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const code = failureOf(error.code);
  if (code === undefined) return error;
  const { message, hint } = words[code];
  const text = message(file, error);
  return new ConductorError(code, text, { cause: error, hint, data: { file, sqlite: error.code } });
}

const words = {
  "store.full": {
    message: (file: string) => `no room left on the disk for ${file}`,
    hint: "free some space on that disk; what was stored is safe, and the next write goes on by itself",
  },
  "store.locked": {
    message: (file: string) => `another process holds ${file}`,
    hint: "close the program that has the database open (`fuser -v FILE` names it) and try again",
  },
  "store.broken": {
    message: (file: string, error: Error) => `${file} cannot be used: ${error.message}`,
    hint: "stop the daemon, move the file aside (a .bak from before a migration may lie beside it), start again",
  },
} as const;

function failureOf(code: string): keyof typeof words | undefined {
  // A full disk that cannot grow the shared memory file says SHMSIZE, not FULL.
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") return "store.full";
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return "store.locked";
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR|READONLY|CANTOPEN|PERM)/.test(code)) return "store.broken";
  return undefined;
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code === "SQLITE_CONSTRAINT_UNIQUE";
}
