/** What a person writes for a part of a task, in options and in task files. Pure. */
import type { DependsOn, TaskLock } from "../../contract/tasks.ts";

const ON_FAILED = ["skip", "fail", "run"] as const;

/** `src/**`, `shared:docs/**`, `module:auth`: exclusive and a path unless told. */
export function lockOf(text: string): TaskLock {
  const lock: TaskLock = { kind: "path", glob: text, mode: "exclusive" };
  for (;;) {
    const [, word, rest = ""] = /^(shared|exclusive|path|module):(.*)$/s.exec(lock.glob) ?? [];
    if (word === undefined) return lock;
    lock.glob = rest;
    if (word === "shared" || word === "exclusive") lock.mode = word;
    if (word === "path" || word === "module") lock.kind = word;
  }
}

/** `task_0199`, `build:run`: another task, and what becomes of this one when that does not get done. */
export function needOf(text: string): DependsOn {
  const [, task = text, word] = /^(.*):(\w+)$/s.exec(text) ?? [];
  const onFailed = ON_FAILED.find((each) => each === word);
  return onFailed === undefined ? { task: text, onFailed: "skip" } : { task, onFailed };
}

/** `api`, `api:3`: at most so many of a group at a time, one unless told. */
export function groupOf(text: string): { key: string; limit: number } {
  const [, key = text, limit = "1"] = /^(.+):(\d{1,5})$/s.exec(text) ?? [];
  return { key, limit: Number(limit) };
}

/** A JSON object as it is; any other text as `{ text }`. */
export function factsOf(text: string): Record<string, unknown> {
  return objectOf(text) ?? { text };
}

/** Undefined where it is no JSON object. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
