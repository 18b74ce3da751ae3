/** What a task must be like to be taken in, and what tells two apart. Pure. */
import { createHash } from "node:crypto";
import { ConductorError } from "../../base/errors.ts";
import type { NewTask } from "../../contract/tasks.ts";
import { canonicalJson } from "../journal/index.ts";
import { normalGlob } from "./locks.ts";

/** Of a payload, a prompt or a result; what is longer belongs into a file or a blob. */
export const TASK_LIMIT_BYTES = 256 * 1024;

/**
 * The task in its one spelling: sets sorted, globs normal.
 * @throws {ConductorError} `task.too_large`, `task.bad_glob`
 */
export function admitTask(asked: NewTask): NewTask {
  boundSize("payload", asked.payload);
  boundSize("prompt", asked.prompt);
  return {
    ...asked,
    labels: sortedSet(asked.labels),
    capabilities: sortedSet(asked.capabilities),
    locks: asked.locks.map((lock) => ({ ...lock, glob: normalGlob(lock) })),
  };
}

/** @throws {ConductorError} `task.too_large` */
export function boundSize(what: string, value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= TASK_LIMIT_BYTES) return;
  throw new ConductorError(
    "task.too_large",
    `the task's ${what} has ${bytes} bytes, ${TASK_LIMIT_BYTES} at most are taken`,
    { hint: "put it into a file and name that", data: { bytes, limit: TASK_LIMIT_BYTES } },
  );
}

/**
 * Of all that the caller asked for; with a key, only the same may come again. When it may begin is not part of
 * it: "in an hour" is another time whenever it is asked for.
 */
export function contentHash(task: NewTask): string {
  const { key: _, ref: __, runAt: ___, ...content } = task;
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

function sortedSet(words: readonly string[]): string[] {
  return [...new Set(words)].toSorted();
}
