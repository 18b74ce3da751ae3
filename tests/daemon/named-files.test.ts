import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { analyse } from "../../src/core/guard/index.ts";
import { namedFiles } from "../../src/daemon/named-files.ts";
import { temporaryFolder } from "../support/stores.ts";

function filesOf(text: string, workspace: string) {
  const place = { cwd: workspace, workspace, home: "/home/dev", user: "dev" };
  return namedFiles(
    analyse(text, place, () => 0),
    workspace,
  );
}

test("the files of the workspace that a command names count with their content", () => {
  const folder = temporaryFolder();
  const workspace = path.join(folder, "work");
  mkdirSync(path.join(workspace, "bin"), { recursive: true });
  const script = path.join(workspace, "bin/go.sh");
  writeFileSync(script, "echo one");
  writeFileSync(path.join(folder, "outside.sh"), "echo out");
  symlinkSync(script, path.join(workspace, "link.sh"));
  for (const text of [
    "./bin/go.sh",
    "bash bin/go.sh",
    "sudo bash -e bin/go.sh",
    "cd bin && sh go.sh",
    "tool --file=bin/go.sh",
    "bash link.sh",
  ])
    expect(filesOf(text, workspace)).toMatchObject([{ path: script }]);
  for (const text of ["ls bin", "bash ../outside.sh", "bash missing.sh"])
    expect(filesOf(text, workspace)).toEqual([]);
  const before = filesOf("bash bin/go.sh", workspace);
  writeFileSync(script, "echo two");
  expect(filesOf("bash bin/go.sh", workspace)).not.toEqual(before);
});
