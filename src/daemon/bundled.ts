import { existsSync } from "node:fs";
import { join } from "node:path";

/** A data folder of the package: found upwards from this file, bundled (dist/, dist/chunks/) or not (src/daemon/). */
export function bundledFolder(name: string): string {
  for (const up of ["..", "../.."]) {
    const folder = join(import.meta.dirname, up, name);
    if (existsSync(join(import.meta.dirname, up, "package.json")) && existsSync(folder))
      return folder;
  }
  throw new Error(`the package's folder ${name} is missing beside ${import.meta.dirname}`);
}
