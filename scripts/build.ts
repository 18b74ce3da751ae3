/** Bundles the bin, the CLI's commands and the daemon into dist/, one chunk per command. */
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const packageJson: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
const entryPoints = ["src/main.ts"].filter((file) => existsSync(file));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints,
  outdir: "dist",
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
if (existsSync("src/drivers/sqlite/migrations")) {
  cpSync("src/drivers/sqlite/migrations", "dist/migrations", { recursive: true });
}
