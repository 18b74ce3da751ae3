/** Notices when files that make this daemon the one of its home are taken away or replaced. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";

/**
 * Without its lock another daemon could start beside this one, and without its socket no command finds it:
 * `gone` is called once, for the first that is not what it was.
 */
export function watchOwnFiles(
  files: readonly string[],
  ports: { readonly log: Logger; readonly gone: (file: string) => void },
): Disposable {
  const known = new Map(files.map((file) => [file, inodeOf(file)]));
  const watchers: FSWatcher[] = [];
  const close = (): void => {
    for (const watcher of watchers) watcher.close();
  };
  const check = (): void => {
    const lost = files.find((file) => inodeOf(file) !== known.get(file));
    if (lost === undefined) return;
    close();
    ports.gone(lost);
  };
  const follow = (path: string, only?: string): void => {
    try {
      const watcher = watch(path, (_event, name) => {
        if (only === undefined || name === only) check();
      });
      watcher.on("error", check);
      watchers.push(watcher);
    } catch (error) {
      ports.log.warn({ path, error: describeError(error) }, "a file of ours cannot be watched");
    }
  };
  for (const file of files) follow(file);
  // A folder that is renamed says so only to the one above.
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    follow(dirname(folder), basename(folder));
  }
  return { [Symbol.dispose]: close };
}

function inodeOf(file: string): number | undefined {
  try {
    return statSync(file).ino;
  } catch {
    return undefined;
  }
}
