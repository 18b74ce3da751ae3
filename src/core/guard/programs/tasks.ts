/** Tasks of a project's own, as make, npm and their kin run them by name. */
import type { Call } from "../call.ts";
import { readOptions } from "../options.ts";
import { deploys, dropsData } from "./grammar.ts";

/** Their words are patterns, files and levels, and no tasks. */
export const TAKES_PATTERNS =
  /^(vitest|jest|mocha|ava|tap|c8|nyc|karma|pytest|py\.test|unittest|nose2|nosetests|rspec|minitest|phpunit|pest|codecept|behave|cucumber|bats|g?cc|g\+\+|clang(\+\+)?|rustc|javac|tsc|esbuild|tsup|rollup|webpack|eslint|oxlint|prettier|black|ruff|flake8|pylint|mypy|pyright|stylelint|rubocop|convert|magick|ffmpeg|pandoc|codespell|aspell|cspell|ctags|sphinx-build|pre-commit|ld|ar|strip|m4|envsubst|gitleaks|trufflehog|semgrep|trivy|grype|syft|code|subl)$/;

/** Tasks of the project's own that send what was built to others, or empty a database. */
export function tasks(call: Call): void {
  if (TAKES_PATTERNS.test(call.name)) return;
  const read = readOptions(call.args, { valued: ["-e", "-s", "--session", "-t", "--target"] });
  if (read.has("-n", "--dry-run", "--dryRun", "-m", "--just-print", "--dry", "--list")) return;
  const words = [
    ...read.operands.slice(0, 4),
    ...(/^(tox|nox|nx)$/.test(call.name)
      ? read.values("-e", "-s", "--session", "-t", "--target")
      : []),
  ].flatMap((one) => one.text.split(/:(?=\w+$)|,/).concat(one.text));
  const task = words.find((word) => deploys(word) && !/^prod|publishToMavenLocal/i.test(word));
  if (task !== undefined) call.report("publish", `${call.name} ${task}`);
  if (words.some(dropsData)) call.report("database-change", `${call.name} changes a database`);
}
