/** Each gate is shown red once, on a defect put into a copy of the tree, before its green counts. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const copy = mkdtempSync(path.join(tmpdir(), "cnd-gates-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const listed = execFileSync("git", ["ls-files", "-z"], {
  cwd: ROOT,
  encoding: "utf8",
});
for (const file of listed.split("\0").filter((name) => name !== "" && !name.includes("/golden/"))) {
  if (!existsSync(path.join(ROOT, file))) continue;
  cpSync(path.join(ROOT, file), path.join(copy, file), { recursive: true, force: true });
}
symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));

interface Defect {
  /** Written, or put at the end of what is there. */
  readonly file: string;
  readonly text: string;
  /** What the gate says of it. */
  readonly complaint: RegExp;
}

const badFormat: Defect = {
  file: "src/base/seeded-format.ts",
  text: "export const  seeded = 'x'\n",
  complaint: /seeded-format/,
};
const unawaited: Defect = {
  file: "src/base/seeded-promise.ts",
  text: "export function seeded(): void {\n  Promise.resolve(1);\n}\n",
  complaint: /no-floating-promises[\s\S]*seeded-promise/,
};
const anything: Defect = {
  file: "src/base/seeded-any.ts",
  text: "export const seeded: any = 1;\n",
  complaint: /no-explicit-any[\s\S]*seeded-any/,
};
const held: Defect = {
  file: "src/base/seeded-using.ts",
  text: "export function seeded(owned: Disposable): void {\n  using held = owned;\n  void held;\n}\n",
  complaint: /seeded-using\.ts: `using`/,
};
const wrongType: Defect = {
  file: "src/base/seeded-type.ts",
  text: 'export const seeded: number = "one";\n',
  complaint: /seeded-type\.ts.*TS2322/,
};
const notErasable: Defect = {
  file: "src/base/seeded-enum.ts",
  text: "export enum Seeded {\n  One,\n}\n",
  complaint: /seeded-enum\.ts.*TS1294/,
};
const upwards: Defect = {
  file: "src/core/journal/seeded-driver.ts",
  text: 'export { openStores } from "../../drivers/sqlite/index.ts";\n',
  complaint: /src-core-uses-only-base-contract: src\/core\/journal\/seeded-driver\.ts/,
};
const io: Defect = {
  file: "src/core/journal/seeded-io.ts",
  text: 'export { readFileSync } from "node:fs";\n',
  complaint: /core-touches-no-io: src\/core\/journal\/seeded-io\.ts/,
};
const sideDoor: Defect = {
  file: "src/daemon/seeded-door.ts",
  text: 'export { canonical } from "../core/journal/canonical.ts";\n',
  complaint: /enter-core-by-index: src\/daemon\/seeded-door\.ts/,
};
const unmapped: Defect = {
  file: "src/core/seeded/index.ts",
  text: "export const seeded = 1;\n",
  complaint: /src\/core\/seeded is in no map/,
};
const unusedFile: Defect = {
  file: "src/base/seeded-file.ts",
  text: "export const seeded = 1;\n",
  complaint: /Unused files[\s\S]*seeded-file/,
};
const unusedExport: Defect = {
  file: "src/base/ids.ts",
  text: "\nexport const seededExport = 1;\n",
  complaint: /Unused exports[\s\S]*seededExport/,
};

test.for<readonly [gate: string, what: string, defects: readonly Defect[]]>([
  ["format", "a badly formatted line", [badFormat]],
  ["lint", "a promise nobody waits for, and on `any`", [unawaited, anything]],
  ["lint", "`using`, which Node 22 cannot read", [held]],
  ["types", "a wrong type, and on syntax that Node cannot strip", [wrongType, notErasable]],
  ["boundaries", "core that uses a driver or IO, and on a side door", [upwards, io, sideDoor]],
  ["boundaries", "a feature that no map knows", [unmapped]],
  ["unused", "a file nobody imports, and an export nobody uses", [unusedFile, unusedExport]],
])("%s is red on %s", { timeout: 120_000 }, ([gate, , defects]) => {
  const undo = defects.map(seed);
  try {
    const ran = spawnSync("npm", ["run", "--silent", gate], { cwd: copy, encoding: "utf8" });
    for (const { complaint } of defects) expect(`${ran.stdout}${ran.stderr}`).toMatch(complaint);
    expect(ran.status).not.toBe(0);
  } finally {
    for (const restore of undo) restore();
  }
});

/** @returns what takes it out again */
function seed({ file, text }: Defect): () => void {
  const target = path.join(copy, file);
  const folder = path.dirname(target);
  if (existsSync(target)) {
    const before = readFileSync(target, "utf8");
    writeFileSync(target, before + text);
    return () => writeFileSync(target, before);
  }
  const isNewFolder = mkdirSync(folder, { recursive: true }) !== undefined;
  writeFileSync(target, text);
  return () => rmSync(isNewFolder ? folder : target, { recursive: true });
}
