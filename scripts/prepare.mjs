// Runs at `npm install`: builds dist/ in a checkout; an installed package already has it.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (existsSync("src/main.ts") && existsSync("node_modules/esbuild")) {
  const built = spawnSync(process.execPath, ["scripts/build.ts"], { stdio: "inherit" });
  process.exit(built.status ?? 1);
}
