import { execFileSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { main, node, root } from "./world.ts";

/** What is measured is what ships: `dist/`, made anew where a source is younger. */
export function buildIfStale(): void {
  const built = existsSync(main) ? statSync(main).mtimeMs : 0;
  const sources = globSync("src/**/*", { cwd: root }).map((file) => statSync(join(root, file)));
  if (sources.every(({ mtimeMs }) => mtimeMs <= built)) return;
  process.stderr.write("bench: building dist/\n");
  execFileSync(node, [join(root, "scripts/build.ts")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
