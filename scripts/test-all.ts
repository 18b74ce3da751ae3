/** Runs the gate and every suite, adds up what passed and failed, and prints the total as the last line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const suites = ["unit", "tmux", "e2e", "agents"];
const folder = mkdtempSync(join(tmpdir(), "conductor-tests-"));
let passed = 0;
let failed = 0;

console.log("== check");
if (spawnSync("npm", ["run", "--silent", "check"], { stdio: "inherit" }).status !== 0) failed += 1;
else passed += 1;

for (const suite of suites) {
  console.log(`== ${suite}`);
  const outputFile = join(folder, `${suite}.json`);
  const options = ["run", "--project", suite, "--passWithNoTests", "--reporter=default"];
  const run = spawnSync("vitest", [...options, "--reporter=json", `--outputFile=${outputFile}`], {
    stdio: "inherit",
  });
  const totals = readTotals(outputFile);
  passed += totals.numPassedTests;
  failed += totals.numFailedTests;
  if (run.status !== 0 && totals.numFailedTests === 0) failed += 1;
}

rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

interface Totals {
  numPassedTests: number;
  numFailedTests: number;
}

function readTotals(file: string): Totals {
  try {
    const totals: Totals = JSON.parse(readFileSync(file, "utf8"));
    return totals;
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
