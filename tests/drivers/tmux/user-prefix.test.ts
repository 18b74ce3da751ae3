import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPrefix, userPrefix } from "../../../src/drivers/tmux/user-prefix.ts";
import { temporaryFolder } from "../../support/stores.ts";

test.each([
  ["set -g prefix C-a", "C-a"],
  ["  set-option  -g  prefix  'C-Space'  # mine", "C-Space"],
  ['set -g prefix "M-x"', "M-x"],
  ["set -g prefix C-a\nunbind C-b\nset -g prefix `", "`"],
  ["set -g prefix C-\\", "C-\\"],
  ["set -gq prefix F12", "F12"],
])("%j sets the prefix %s", (text, key) => {
  expect(readPrefix(text)).toBe(key);
});

test.each([
  "",
  "# set -g prefix C-a",
  "set -g prefix2 C-a",
  "set -g prefix None",
  "set -g prefix C-a; kill-server",
  "set -g prefix #{@mine}",
  "bind C-a send-prefix",
])("%j sets none that is taken over", (text) => {
  expect(readPrefix(text)).toBeUndefined();
});

test("it is read from the files that tmux reads, the later one wins", () => {
  const home = temporaryFolder();
  expect(userPrefix({ HOME: home })).toBeUndefined();
  writeFileSync(join(home, ".tmux.conf"), "set -g prefix C-o\n");
  expect(userPrefix({ HOME: home })).toBe("C-o");
  mkdirSync(join(home, ".config", "tmux"), { recursive: true });
  writeFileSync(join(home, ".config", "tmux", "tmux.conf"), "set -g prefix C-Space\n");
  expect(userPrefix({ HOME: home })).toBe("C-Space");
  expect(userPrefix({})).toBeUndefined();
});
