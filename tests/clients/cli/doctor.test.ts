import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { conductor } from "./support.ts";

/** A folder with a program that says its version. */
function programs(name: string, says: string): string {
  const folder = mkdtempSync(join(tmpdir(), "conductor-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${says}'\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

const lineOf = async (says: string): Promise<string> => {
  const env = { PATH: `${programs("claude", says)}:/usr/bin:/bin` };
  const { stdout } = await conductor(["doctor"], { env });
  return stdout.split("\n").find((line) => line.includes("provider claude-code")) ?? "";
};

test("doctor says which version of an agent's CLI is there, and when it is newer than those tested", async () => {
  expect(await lineOf("2.1.329 (Claude Code)")).toMatch(/^ok .*version 2\.1\.329$/);
  expect(await lineOf("2.1.280 (Claude Code)")).toMatch(/^ok .*version 2\.1\.280$/);
  const newer = /^note .*version 2\.1\.1000, is newer than 2\.1\.329, the newest that was tested/;
  expect(await lineOf("2.1.1000 (Claude Code)")).toMatch(newer);
  expect(await lineOf("2.2 of nothing")).toMatch(/^ok .*\/claude$/);
});
