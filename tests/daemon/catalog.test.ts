import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { detect } from "../../src/core/providers/index.ts";
import { createCatalog } from "../../src/daemon/catalog.ts";
import { loadProfiles } from "../../src/drivers/files/profile-files.ts";
import { loadProviders } from "../../src/drivers/files/provider-files.ts";
import { temporaryFolder } from "../support/stores.ts";

function catalogOf(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  mkdirSync(path.join(folder, "folder.yaml"));
  const { providers, errors } = loadProviders([folder]);
  const { profiles, errors: more } = loadProfiles([folder]);
  return createCatalog({
    providers: () => providers,
    profiles: () => profiles,
    errors: () => [...errors, ...more],
  });
}

test("who asks for a provider or profile whose file is broken hears what is wrong with it", () => {
  const catalog = catalogOf({
    "mine.yaml": "name: mine\ncommand: [\n",
    "mine.md": "---\nname: mine\ndescription: Mine\nlabels: code\n---\nYou are.\n",
  });
  const code = "provider.invalid";
  expect(() => catalog.provider("mine")).toThrow(expect.objectContaining({ code }));
  expect(() => catalog.provider("mine")).toThrow(/mine\.yaml:\d+: yaml: /);
  expect(() => catalog.provider("folder")).toThrow(/folder\.yaml cannot be read/);
  expect(() => catalog.profile("mine")).toThrow(/mine\.md:4: labels: /);
});

test("an agent that runs is left alone where its provider's file is broken or gone", () => {
  const catalog = catalogOf({ "mine.yaml": "name: mine\ncommand: [\n" });
  const definition = catalog.running("mine");
  const seen = detect(definition, { screen: "> ", title: "", command: "mine", dead: false });
  expect(seen).toMatchObject({ status: "unknown", composer: "unknown" });
  expect(definition.foreground).not.toContain("*");
});

test("an unknown name is told as one, whatever else is broken", () => {
  const catalog = catalogOf({ "mine.yaml": "name: mine\ncommand: [\n" });
  const unknown = expect.objectContaining({ code: "not_found" });
  expect(() => catalog.provider("other")).toThrow(unknown);
  expect(() => catalog.profile("mine")).toThrow(unknown);
});
