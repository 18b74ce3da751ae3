import { expect, test } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/contract/config.ts";
import { parseYaml } from "../../src/contract/parse-yaml.ts";

const team = z.strictObject({
  session: z.string(),
  agents: z.array(z.strictObject({ name: z.string(), provider: z.string().optional() })),
  env: z.record(z.string(), z.union([z.string(), z.strictObject({ from: z.string() })])).optional(),
});

const source = { file: "team.yaml", code: "team.invalid" } as const;

test.each([
  ["sesion: x\nagents: []", 'Unrecognized key: "sesion", did you mean session?'],
  ["session: x\nagents:\n  - { name: dev, provder: codex }", "did you mean provider?"],
  ["session: x\nagents: []\nenv: { A: { frm: x } }", "did you mean from?"],
])("%j says %s", (text, said) => {
  expect(() => parseYaml(text, source, team)).toThrow(said);
});

test("a key that is like no other is only refused", () => {
  const error = () => parseYaml("session: x\nagents: []\ncolour: red", source, team);
  expect(error).toThrow(/Unrecognized key: "colour"$/);
});

test("sections with defaults are looked into, too", () => {
  const config = { file: "config.yaml", code: "config.invalid" } as const;
  expect(() => parseYaml("http: { prt: 1 }", config, configSchema)).toThrow(
    'config.yaml:1: http.prt: Unrecognized key: "prt", did you mean port?',
  );
});

test.each([
  [
    "a key that nobody knows",
    "session: x\nagents: []\n\ncolour:\n  is: red",
    "team.yaml:4: colour: ",
  ],
  [
    "one in an item of a list",
    "session: x\nagents:\n  - name: dev\n    tpo: 1",
    "team.yaml:4: agents.0.tpo: ",
  ],
  ["a value of the wrong kind", "agents: []\nsession:\n  - x", "team.yaml:2: session: "],
  ["a key that is missing", "# a comment\nagents: []", "team.yaml:2: session: "],
])("%s is named with its own line", (_what, text, said) => {
  expect(() => parseYaml(text, source, team)).toThrow(said);
});
