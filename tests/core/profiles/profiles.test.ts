import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseProfile, parseTeam } from "../../../src/core/profiles/index.ts";

test("a profile is its front matter and its body is the prompt", () => {
  const profile = parseProfile(
    "---\nname: dev\ndescription: does it\n---\nYou are a developer.\n",
    "dev.md",
  );
  expect(profile).toMatchObject({
    name: "dev",
    labels: [],
    batchMessages: false,
    prompt: "You are a developer.",
  });
});

test.each([
  ["an unknown key", "---\nname: dev\ndescription: x\ncolour: red\n---\n", "dev.md:4: colour:"],
  [
    "a value of the wrong type",
    "---\nname: dev\ndescription: x\nwarm: many\n---\n",
    "dev.md:4: warm:",
  ],
  ["broken YAML", "---\nname: [dev\ndescription: x\n---\n", "dev.md:"],
  ["no front matter", "You are a developer", "dev.md:1:"],
])("%s is an error that names file and line", (_claim, text, start) => {
  expect(() => parseProfile(text, "dev.md")).toThrow(start);
});

test("every shipped profile is valid and bears its file's name", () => {
  const files = readdirSync("profiles");
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const file of files) {
    expect(`${parseProfile(readFileSync(`profiles/${file}`, "utf8"), file).name}.md`).toBe(file);
  }
});

test("a team names its session and agents, and no agent twice", () => {
  const team = parseTeam(
    "session: shop\nagents:\n  - { name: dev, provider: codex }\n",
    "team.yaml",
  );
  expect(team.agents[0]).toEqual({ name: "dev", provider: "codex" });
  expect(() => parseTeam("session: s\nagents: [{ name: a }, { name: a }]", "team.yaml")).toThrow(
    "two agents",
  );
  expect(() => parseTeam("session: s\nagents:\n  - { nmae: a }", "team.yaml")).toThrow(
    "team.yaml:3:",
  );
});
