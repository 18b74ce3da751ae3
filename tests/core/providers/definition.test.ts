/** What a provider file may not say, and how it is told. */
import { expect, test } from "vitest";
import { parseProvider } from "../../../src/core/providers/index.ts";

const head =
  "name: x\ndisplayName: X\nverified: false\ncommand: x\nforeground: [x]\nsubmit: { guard: '' }\nexit: { text: exit }\n";

test.each([
  [
    "a pattern that is none",
    "answer: { prompt: x, start: '(', continuation: x }",
    /regular expression/,
  ],
  [
    "a region that is none",
    "rules: [{ id: a, in: nowhere, match: x, status: idle }]",
    /is no region/,
  ],
  ["last lines without a number", "rules: [{ id: a, in: last, match: x, status: idle }]", /last N/],
])("%s is refused", (_claim, line, why) => {
  expect(() => parseProvider(head, "x.yaml")).not.toThrow();
  expect(() => parseProvider(`${head}${line}\n`, "x.yaml")).toThrow(
    expect.objectContaining({ code: "provider.invalid", message: expect.stringMatching(why) }),
  );
});
