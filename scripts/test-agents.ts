/** Runs the suites of real agent CLIs: those that CI runs, all, or those named. */
import { spawnSync } from "node:child_process";

const asked = process.argv.slice(2);
const isAll = asked.includes("all");
const projects = asked.length === 0 ? ["agents"] : ["agents", "other-agents"];
const options = projects.flatMap((project) => ["--project", project]);
const run = spawnSync("vitest", ["run", ...options, ...(isAll ? [] : asked)], { stdio: "inherit" });
process.exitCode = run.status ?? 1;
