/** Runs the programs of a file, four at a time, and writes what became of them: `node run-jobs.ts JOBS RESULTS`. */
import { execFile } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Job } from "./in-pane.ts";
import type { Ran } from "./product.ts";

const [jobsFile = "", resultsFile = ""] = process.argv.slice(2);
const jobs: readonly Job[] = JSON.parse(readFileSync(jobsFile, "utf8"));
const results: Ran[] = [];
const rest = [...jobs.entries()];

async function work(): Promise<void> {
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    results[next[0]] = await run(next[1]);
  }
}

function run({ file, args }: Job): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { timeout: 15_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end();
  });
}

await Promise.all([work(), work(), work(), work()]);
writeFileSync(`${resultsFile}.next`, JSON.stringify(results));
renameSync(`${resultsFile}.next`, resultsFile);
