/**
 * One daemon per home. The lock is an exclusive transaction on a database of its own: the kernel drops it
 * with the process, so a killed daemon leaves none behind and two that race cannot both win.
 */
import Database from "better-sqlite3";
import { ConductorError } from "../../base/errors.ts";

/** @throws {ConductorError} `state.conflict` while another daemon holds it */
export function takeRunLock(file: string): Disposable {
  const database = new Database(file, { timeout: 0 });
  try {
    database.pragma("journal_mode = DELETE");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new ConductorError("state.conflict", `another daemon holds ${file}`, {
      cause: error,
      hint: "`conductor daemon status` shows it",
    });
  }
  return { [Symbol.dispose]: () => database.close() };
}
