import { expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { shipped } from "./recordings.ts";

const shell = shipped("shell");
const screen = "user@box:~/src$ sleep 20";

test("the line that started a command is no draft while the command runs", () => {
  const seen = detect(shell, { screen, command: "sleep" });
  expect(seen).toMatchObject({ status: "working", composer: "unknown" });
  expect(seen.composerText).toBeUndefined();
});

test("the same line in front of the shell itself is one", () => {
  const seen = detect(shell, { screen, command: "bash" });
  expect(seen).toMatchObject({ status: "idle", composer: "draft", composerText: "sleep 20" });
});
