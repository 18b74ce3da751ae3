/** Checks rings and feature graph; red on a violation, on nothing cruised, and on a feature nobody mapped. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const config: { features: Record<string, string[]> } = require("./rings.cjs");
const folders = readdirSync("src/core", { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const unmapped = folders.map((entry) => entry.name).filter((name) => !(name in config.features));
if (unmapped.length > 0) {
  console.error(
    `boundaries: src/core/${unmapped.join(", src/core/")} is in no map; add it to scripts/rings.cjs`,
  );
  process.exit(1);
}
const report = run();
console.log(`boundaries: ${report.totalCruised} modules, ${report.violations.length} violations`);
for (const violation of report.violations) {
  console.error(`  ${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
if (report.totalCruised === 0)
  console.error("boundaries: nothing was cruised, so nothing was checked");
process.exit(report.violations.length > 0 || report.totalCruised === 0 ? 1 : 0);

interface Report {
  totalCruised: number;
  violations: { rule: { name: string }; from: string; to: string }[];
}

function run(): Report {
  const options = ["src", "--config", ".dependency-cruiser.cjs", "--output-type", "json"];
  try {
    return parse(execFileSync("depcruise", options, { maxBuffer: 1 << 28, encoding: "utf8" }));
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    if (output === "") throw error;
    return parse(output);
  }
}

function parse(json: string): Report {
  const parsed: { summary: Report } = JSON.parse(json);
  return parsed.summary;
}
