import { expect, test } from "vitest";
import { parseProvider } from "../../src/core/providers/index.ts";
import { resumption } from "../../src/daemon/resumption.ts";

const provider = (more: string) =>
  parseProvider(
    `{ name: x, displayName: X, verified: false, command: x, foreground: [x], exit: { text: /exit }, ${more} }`,
    "x.yaml",
  );
const last = (launch: object) => ({
  record: {
    cwd: "/work",
    launch: { argv: [], envNames: [], profile: null, args: [], agentSession: "s1", ...launch },
  },
  file: undefined,
});

test("a session is resumed by its id, in an argument or by the protocol itself", () => {
  for (const resume of ['[--resume, "{session}"]', "[]"])
    expect(resumption(provider(`resume: ${resume}`), last({}), [])).toEqual({ resume: "s1" });
  for (const resume of ["resume: [--continue]", ""])
    expect(resumption(provider(resume), last({}), [])).toEqual({
      fresh: "X resumes none by its id",
    });
});

test("what a contained agent has not kept is not asked for", () => {
  const forgetful = provider("resume: [], contain: { resumes: false }");
  expect(resumption(forgetful, last({ gate: "contain" }), [])).toEqual({
    fresh: "contained, X keeps nothing",
  });
  expect(resumption(forgetful, last({ gate: "guard" }), [])).toEqual({ resume: "s1" });
});
