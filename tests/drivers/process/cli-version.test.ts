import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readCliVersion } from "../../../src/drivers/process/cli-version.ts";
import { temporaryFolder } from "../../support/stores.ts";

const how = { args: ["--version"], match: /(\d+\.\d+\.\d+)/mu };

function ask(script: string) {
  const file = path.join(temporaryFolder(), "cli");
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return readCliVersion(file, how, { PATH: "/usr/bin:/bin" });
}

test.each([
  ["says it on its output", "echo cli 2.1.329", "2.1.329"],
  ["says it where errors go", "echo 1.0.102 >&2", "1.0.102"],
  ["says it and fails", "echo 0.4.1; exit 3", "0.4.1"],
  ["says nothing that can be read", "echo nightly", null],
])("a CLI that %s runs", async (_what, script, version) => {
  expect(await ask(script)).toEqual({ version, unavailable: null });
});

test("a CLI that says it and does not leave is not waited for", async () => {
  const before = Date.now();
  expect(await ask("printf '1.2'; echo .34; exec sleep 60")).toEqual({
    version: "1.2.34",
    unavailable: null,
  });
  expect(Date.now() - before).toBeLessThan(9_000);
});

test("a CLI that does not run says why in one line", async () => {
  const broken = await ask("echo first; echo 'no module x' >&2; exit 1");
  expect(broken).toEqual({
    version: null,
    unavailable: expect.stringMatching(/cli --version: no module x$/),
  });
});
