import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { misjudged, recordings, SCREENS, screenOf, shipped } from "./recordings.ts";

/** Of the screens without their title; a title tells what some screens do not show at all. */
const WITHOUT_TITLE = 0.9;
const PROVIDERS = ["claude-code", "codex", "copilot", "gemini", "opencode", "qwen"];

describe.each(PROVIDERS)("recorded screens of %s", (name) => {
  const all = recordings(name);
  const definition = shipped(name);

  test("every file is in the manifest, and every folder holds some", () => {
    const folders = readdirSync(join(SCREENS, name));
    expect(folders.length).toBeGreaterThan(0);
    const files = folders.flatMap((folder) => {
      const inside = readdirSync(join(SCREENS, name, folder));
      expect({ folder, isEmpty: inside.length === 0 }).toEqual({ folder, isEmpty: false });
      return inside.filter((file) => file.endsWith(".txt")).map((it) => `${name}/${folder}/${it}`);
    });
    expect(files.toSorted()).toEqual(all.map(({ file }) => file).toSorted());
  });

  test.each(["ansi", "txt"] as const)("every one is judged right with its title (%s)", (form) => {
    const wrong = all.flatMap((it) => misjudged(definition, it, { form, title: true }) ?? []);
    expect(wrong).toEqual([]);
  });

  test("without the title nine of ten are judged right", () => {
    const wrong = all.flatMap(
      (it) => misjudged(definition, it, { form: "txt", title: false }) ?? [],
    );
    const share = 1 - wrong.length / all.length;
    expect(share < WITHOUT_TITLE ? wrong : []).toEqual([]);
  });

  test("no blocked screen is taken for idle, with or without title and colours", () => {
    const wrong: string[] = [];
    for (const recording of all.filter(({ status }) => status === "waiting")) {
      for (const form of ["ansi", "txt"] as const) {
        for (const title of [recording.title, undefined, "vm"]) {
          const seen = detect(definition, { screen: screenOf(recording, form), title });
          if (seen.status === "idle") wrong.push(`${recording.id} ${form} ${title} ${seen.rule}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
