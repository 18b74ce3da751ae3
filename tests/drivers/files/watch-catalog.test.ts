/** Provider files that change while the daemon runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { silentLog } from "../../../src/base/log.ts";
import { type CatalogFiles, watchCatalog } from "../../../src/drivers/files/watch-catalog.ts";

const patience = { timeout: 8_000, interval: 20 };
const opened: { catalog: CatalogFiles; folder: string }[] = [];

afterEach(async () => {
  for (const { catalog, folder } of opened.splice(0)) {
    await catalog[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});

const providerFile = (displayName: string, pattern = "^> "): string => `name: lab
displayName: ${displayName}
verified: false
command: lab
foreground: [lab]
exit: { text: /exit }
rules:
  - id: ready
    match: '${pattern}'
    status: idle
`;

async function catalogOf(
  files: Record<string, string>,
): Promise<{ catalog: CatalogFiles; own: string; warnings: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "conductor-catalog-"));
  const shipped = join(folder, "shipped");
  const own = join(folder, "own");
  mkdirSync(shipped);
  mkdirSync(own);
  writeFileSync(join(shipped, "lab.yaml"), providerFile("Shipped"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  const warnings: string[] = [];
  const log = {
    ...silentLog,
    warn: (_fields: object, message: string): void => void warnings.push(message),
  };
  const catalog = await watchCatalog({ providers: [shipped, own], profiles: [], log });
  opened.push({ catalog, folder });
  return { catalog, own, warnings };
}

const nameOf = (catalog: CatalogFiles): string | undefined =>
  catalog.providers().get("lab")?.displayName;

test("a file of the user's own wins over the shipped one of the same name", async () => {
  const { catalog } = await catalogOf({ "lab.yaml": providerFile("Mine") });
  expect(nameOf(catalog)).toBe("Mine");
});

test("a changed file is in force without a restart", async () => {
  const { catalog, own } = await catalogOf({ "lab.yaml": providerFile("Mine") });
  writeFileSync(join(own, "lab.yaml"), providerFile("Mine, changed"));
  await expect.poll(() => nameOf(catalog), patience).toBe("Mine, changed");
});

test("a broken file leaves the old one in force and is told with its line and field", async () => {
  const { catalog, own, warnings } = await catalogOf({ "lab.yaml": providerFile("Mine") });
  writeFileSync(join(own, "lab.yaml"), providerFile("Broken", "("));
  await expect.poll(() => catalog.errors().length, patience).toBe(1);
  expect(nameOf(catalog)).toBe("Mine");
  expect(catalog.errors()[0]?.data).toMatchObject({ line: 9, field: "rules.0.match" });
  expect(warnings.at(-1)).toContain("lab.yaml:9: rules.0.match:");
});

test("broken twice, it is still the old one that is in force, until it is mended", async () => {
  const { catalog, own } = await catalogOf({ "lab.yaml": providerFile("Mine") });
  writeFileSync(join(own, "lab.yaml"), "name: [");
  await expect.poll(() => catalog.errors()[0]?.data["field"], patience).toBe("yaml");
  writeFileSync(join(own, "lab.yaml"), providerFile("Broken", "("));
  await expect.poll(() => catalog.errors()[0]?.data["field"], patience).toBe("rules.0.match");
  expect(nameOf(catalog)).toBe("Mine");
  writeFileSync(join(own, "lab.yaml"), providerFile("Mended"));
  await expect.poll(() => nameOf(catalog), patience).toBe("Mended");
  expect(catalog.errors()).toEqual([]);
});

test("a file that is taken away gives the shipped one back", async () => {
  const { catalog, own } = await catalogOf({ "lab.yaml": providerFile("Mine") });
  rmSync(join(own, "lab.yaml"));
  await expect.poll(() => nameOf(catalog), patience).toBe("Shipped");
});

test("what cannot be read is an error of its own file, and the others are in force", async () => {
  const { catalog, own } = await catalogOf({});
  mkdirSync(join(own, "folder.yaml"));
  await expect.poll(() => catalog.errors()[0]?.code, patience).toBe("provider.invalid");
  expect(nameOf(catalog)).toBe("Shipped");
});
