import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseShell } from "../../../src/core/guard/shell-ast.ts";
import { labelled } from "./verdicts.ts";

const LINES = ["dev", "held", "fresh", "confirm"]
  .flatMap((name) => labelled(name))
  .map((one) => one.command);

/** What `bash -n` says of each: one bash asks the others, so that none is started from here. */
function bashReads(texts: readonly string[]): boolean[] {
  const loop = `while IFS= read -r -d '' text; do bash -n -c "$text" 2>/dev/null; echo $?; done`;
  const input = texts.map((text) => `${text}\0`).join("");
  const { stdout } = spawnSync("bash", ["-c", loop], {
    input,
    encoding: "utf8",
    maxBuffer: 1024 * 1024,
  });
  return stdout
    .trim()
    .split("\n")
    .map((code) => code === "0");
}

/**
 * Ours calls them whole: many are one text for bash, since what is open in one of them (a quote, a group) stays
 * open to its end. A heredoc would hide what follows.
 */
function together(texts: readonly string[]): string[] {
  const count = Math.ceil(texts.length / 25);
  return Array.from({ length: count }, (_, at) => texts.slice(at * 25, at * 25 + 25).join("\n"));
}

test("bash and our parser agree on which of the labelled commands are whole", () => {
  const broken = LINES.filter((line) => parseShell(line).broken);
  const whole = LINES.filter((line) => !parseShell(line).broken);
  const alone = whole.filter((line) => line.includes("<<"));
  const others = together(whole.filter((line) => !line.includes("<<")));
  const [ours, theirs] = [
    [...broken, ...alone, ...others],
    bashReads([...broken, ...alone, ...others]),
  ];
  expect(theirs).toHaveLength(ours.length);
  expect(broken).toHaveLength(3);
  const differ = ours.filter((_, at) => at >= broken.length !== theirs[at]);
  expect(differ).toEqual([]);
});
