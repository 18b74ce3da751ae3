/** Bundles the bin, the CLI's commands and the daemon into dist/, one chunk per command. */
import { cpSync, readFileSync, renameSync, rmSync } from "node:fs";
import { build } from "esbuild";

const packageJson: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
// Built beside dist/ and put in its place at the end, so that a build that fails leaves the old one.
const made = `dist.${process.pid}`;

try {
  await build({
    entryPoints: ["src/main.ts"],
    outdir: made,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    chunkNames: "chunks/[name]-[hash]",
    external: ["better-sqlite3", "node-pty", "pino"],
    define: { BUILD_VERSION: JSON.stringify(packageJson.version) },
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  cpSync("src/drivers/sqlite/migrations", `${made}/migrations`, { recursive: true });
  rmSync("dist", { recursive: true, force: true });
  renameSync(made, "dist");
} finally {
  rmSync(made, { recursive: true, force: true });
}
