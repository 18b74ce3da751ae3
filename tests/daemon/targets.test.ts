import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { analyse } from "../../src/core/guard/index.ts";
import { targetsOf } from "../../src/daemon/targets.ts";

function workspace(): string {
  return realpathSync(mkdtempSync(path.join(tmpdir(), "conductor-targets-")));
}

function targets(text: string, cwd: string) {
  const home = "/home/nobody";
  const place = { cwd, workspace: cwd, home, user: "nobody" };
  return targetsOf(
    analyse(text, place, () => 0),
    cwd,
  );
}

test("a folder is told with all files below it, a file as a file, and what is not there as that", () => {
  const root = workspace();
  mkdirSync(path.join(root, "src/deep"), { recursive: true });
  for (const file of ["src/a", "src/b", "src/deep/c", "notes"])
    writeFileSync(path.join(root, file), "");
  expect(targets("rm -rf src notes gone", root)).toEqual([
    {
      says: `deletes ${root}/src`,
      path: `${root}/src`,
      place: "workspace",
      is: "folder",
      files: 3,
    },
    { says: `deletes ${root}/notes`, path: `${root}/notes`, place: "workspace", is: "file" },
    { says: `deletes ${root}/gone`, path: `${root}/gone`, place: "workspace", is: "nothing" },
  ]);
});

test("what lies beyond the workspace says so, and a wildcard is not looked up", () => {
  const root = workspace();
  const [outside, wild] = targets("rm -rf /opt/none; rm -rf *", root);
  expect(outside).toMatchObject({ path: "/opt/none", place: "outside", is: "nothing" });
  expect(wild).toEqual({
    says: `deletes ${root}/*`,
    path: `${root}/*`,
    place: "workspace",
  });
});

test("links are not followed, and counting ends somewhere", () => {
  const root = workspace();
  mkdirSync(path.join(root, "many"));
  for (let at = 0; at < 1_100; at += 1) writeFileSync(path.join(root, "many", `${at}`), "");
  mkdirSync(path.join(root, "links"));
  symlinkSync("/", path.join(root, "links/all"));
  expect(targets("rm -rf links many", root)).toMatchObject([
    { is: "folder", files: 1 },
    { is: "folder", files: 999, isMore: true },
  ]);
});

test("what is only read or built is left out, and a long list says how many more there are", () => {
  const root = workspace();
  expect(targets("cat a && npm test", root)).toEqual([]);
  const names = Array.from({ length: 25 }, (_, at) => `f${at}`);
  const many = targets(`rm ${names.join(" ")}`, root);
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toEqual({ says: "and 5 more" });
});

test("what has no path is told in words", () => {
  expect(targets("git push origin main", workspace())).toEqual([
    { says: "pushes commits to origin main" },
  ]);
});
