import { expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { type Recording, recordings, screenOf, shipped } from "./recordings.ts";

const opencode = shipped("opencode");
const asking = recordings("opencode").filter(({ detail }) => detail === "permission");
const answers = (screen: string) => detect(opencode, { screen }).dialog?.answers;

const CURSOR = "\u001B[48;2;245;167;66m ";
/** The same screen with the cursor on the choice beside it. */
function moved(recording: Recording): string {
  const [before = "", chosen = "", ...after] = screenOf(recording, "ansi").split(CURSOR);
  expect(after).toEqual([]);
  const bare = chosen.replace("Allow always", `${CURSOR}Allow always`);
  return `${before} ${bare}`;
}

test("Enter means yes only while the choice that a colour marks is the yes", () => {
  expect(asking.length).toBeGreaterThan(5);
  for (const recording of asking) {
    expect(answers(screenOf(recording, "ansi"))).toMatchObject({ approve: ["Enter"] });
    expect(answers(moved(recording))).toEqual({ deny: ["Escape"] });
    // A capture without colours cannot tell.
    expect(answers(screenOf(recording, "txt"))).toEqual({ deny: ["Escape"] });
  }
});

test("a dialog is told from the same one asked again by the text that stands above it", () => {
  const [recording] = asking;
  if (recording === undefined) throw new Error("no recording");
  const screen = screenOf(recording, "txt");
  const one = detect(opencode, { screen }).dialog;
  const other = detect(opencode, { screen: screen.replace("lab", "lob") }).dialog;
  expect(one?.fingerprint).toBe(other?.fingerprint);
  expect(one?.context).not.toBe(other?.context);
});
