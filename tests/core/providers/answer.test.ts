/** The last answer as it was written, out of what a CLI made of it on the screen. */
import { expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { type Recording, recordings, screenOf, shipped } from "./recordings.ts";

/** All show one answer: paragraphs, a list, code, a table, a quotation and a question. */
const NAMES = ["claude-code", "codex", "copilot", "gemini", "opencode", "qwen"];
const SHOWN: Recording[] = NAMES.flatMap((name) =>
  recordings(name).filter(
    (it) => it.state === "completed-answer" && it.width >= 120 && it.dispatched,
  ),
);

const FIRST =
  "I looked at the two modules and found three things that matter, of which the first one is by far the most important for the next release.";
const SECOND =
  "The login flow keeps the session in memory, so a restart of the service logs everybody out; that is what the bug report of last Tuesday describes in its second half.";

function answerOf(recording: Recording, form: "ansi" | "txt"): string {
  const { title, dispatched, command } = recording;
  const screen = screenOf(recording, form);
  const seen = detect(shipped(recording.provider), { screen, title, dispatched, command });
  return seen.lastMessage ?? "";
}

test("there is one of each CLI", () => {
  expect(new Set(SHOWN.map(({ provider }) => provider))).toEqual(new Set(NAMES));
});

test.each(SHOWN)("$id: comes out whole, with the CLI's own line breaks undone", (recording) => {
  for (const form of ["txt", "ansi"] as const) {
    const answer = answerOf(recording, form);
    const lines = answer.split("\n").map((line) => line.trim());
    expect(lines.slice(0, 3)).toEqual([FIRST, "", SECOND]);
    expect(lines).toContain("1. Move the session store to the database.");
    expect(answer).toMatch(/^\W*日本語のテキスト and emoji 🚀 are fine$/mu);
    expect(answer).toMatch(
      /export function restore\(id: string\): Session \| undefined \{\n[ 2]*return store\.get\(id\);\n[ 3]*\}/,
    );
    expect(answer).toMatch(/\bcart\b.*\b95\b.*\bdone\b/);
    expect(answer).toMatch(/Do you want to proceed\?\n.*❯ 1\. Yes/);
    expect(lines.at(-1)).toBe("Shall I go on with the first step?");
  }
});
