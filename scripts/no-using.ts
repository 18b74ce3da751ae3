/** `using` is native on Node 24 and a syntax error on Node 22, and neither tsc nor oxlint says so. */
import { globSync, readFileSync } from "node:fs";

const pattern = /^\s*(?:await\s+using|using)\s+[A-Za-z_$][\w$]*\s*=/m;
const found = globSync(["src/**/*.ts", "bench/**/*.ts"]).filter((file) =>
  pattern.test(readFileSync(file, "utf8")),
);
for (const file of found)
  console.error(`${file}: \`using\` does not run on Node 22; use Lifetime.run`);
process.exit(found.length > 0 ? 1 : 0);
