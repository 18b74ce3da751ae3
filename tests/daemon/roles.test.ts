import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parseProvider } from "../../src/core/providers/index.ts";
import { firstPrompt } from "../../src/daemon/launch-plan.ts";

const folder = resolve(import.meta.dirname, "../../providers");
const role = { prompt: "You are a developer." };
const shipped = readdirSync(folder).map((name) =>
  parseProvider(readFileSync(join(folder, name), "utf8"), name),
);

test("a CLI with an option for its role is never told it as a message", () => {
  const provider = { systemPrompt: ["--append-system-prompt", "{prompt}"] };
  expect(firstPrompt(provider, role, "Read TASKS.md")).toBe("Read TASKS.md");
  expect(firstPrompt(provider, role, undefined)).toBeUndefined();
});

test("a CLI without one is told its role first, with its work or before it", () => {
  expect(firstPrompt({}, role, "Read TASKS.md")).toBe("You are a developer.\n\nRead TASKS.md");
  expect(firstPrompt({}, role, undefined)).toBe(
    "You are a developer.\n\nWait for your first task.",
  );
  expect(firstPrompt({}, { prompt: "" }, undefined)).toBeUndefined();
  expect(firstPrompt({}, undefined, " ")).toBeUndefined();
});

test.each(["shell", "generic", "scripted"])("no role is ever typed into %s", (name) => {
  const provider = shipped.find((each) => each.name === name);
  expect(provider?.systemPrompt).toEqual([]);
  expect(provider && firstPrompt(provider, role, "echo hello")).toBe("echo hello");
  expect(provider && firstPrompt(provider, role, undefined)).toBeUndefined();
});
