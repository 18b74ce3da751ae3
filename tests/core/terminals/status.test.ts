import { describe, expect, test } from "vitest";
import {
  explain,
  nextStatus,
  type StatusSignal,
  startingStatus,
} from "../../../src/core/terminals/index.ts";

const screen = (over: Partial<Extract<StatusSignal, { kind: "screen" }>>): StatusSignal => ({
  kind: "screen",
  at: 1_000,
  source: "screen",
  status: "idle",
  detail: "",
  rule: "composer",
  composer: "empty",
  turnOpen: false,
  ...over,
});
const after = (...signals: StatusSignal[]) => signals.reduce(nextStatus, startingStatus(0));

test("a launched terminal is starting until something positive is seen", () => {
  const state = after(screen({ source: "none", status: "unknown", rule: "" }));
  expect(state.status).toBe("starting");
  expect(nextStatus(state, screen({ at: 2_000 })).status).toBe("idle");
});

test("the age of a status counts from its first sight, not from the last look", () => {
  expect(after(screen({ at: 100 }), screen({ at: 900 })).since).toBe(100);
});

test("quiet alone is unknown, and idle only for a provider that lives by stability", () => {
  const strange = [
    screen({ at: 1 }),
    screen({ at: 2, source: "none", status: "unknown" }),
  ] as const;
  expect(after(...strange).status).toBe("unknown");
  const quiet = { kind: "quiet", at: 3_000, forMs: 2_000 } as const;
  expect(after(...strange, { ...quiet, meansIdle: false }).status).toBe("unknown");
  expect(after(...strange, { ...quiet, meansIdle: true })).toMatchObject({
    status: "idle",
    composer: "empty",
  });
});

test("a fresh hook outranks an idle screen, and a dialog on the screen outranks the hook", () => {
  const busy: StatusSignal = {
    kind: "agent",
    source: "hook",
    at: 1_000,
    status: "working",
    detail: "",
    rule: "PreToolUse",
  };
  expect(after(busy, screen({ at: 2_000 }))).toMatchObject({
    status: "working",
    decidedBy: "hook",
  });
  const dialog = screen({ at: 2_000, status: "waiting", detail: "permission" });
  expect(after(busy, dialog)).toMatchObject({ status: "waiting", detail: "permission" });
  expect(after(busy, screen({ at: 1_000_000 })).decidedBy).toBe("screen");
});

test("the death of the process vetoes every other word", () => {
  const dead = after(
    screen({}),
    { kind: "agent", source: "hook", at: 5, status: "working", detail: "", rule: "x" },
    { kind: "dead", at: 9, exitCode: 3 },
  );
  expect(dead).toMatchObject({ status: "exited", composer: "unknown", decidedBy: "process" });
  expect(explain(dead)).toEqual([
    {
      source: "process",
      status: "exited",
      detail: "",
      rule: "the process ended with 3",
      at: 9,
      decided: true,
    },
  ]);
});

test("a screen that no rule knows keeps a turn working, and is unknown without one", () => {
  const working = screen({ at: 1, status: "working" });
  const strange = screen({ at: 2, source: "none", status: "unknown" });
  const during = screen({ at: 2, source: "none", status: "unknown", turnOpen: true });
  expect(after(working, during).status).toBe("working");
  expect(after(working, strange).status).toBe("unknown");
});

test("a command held by our gate means waiting, whatever the agent's hooks and screen say", () => {
  const held: StatusSignal = { kind: "held", at: 2_000, rule: "approval #1" };
  const busy = screen({ at: 3_000, status: "working", source: "title" });
  const state = after(screen({ at: 1_000 }), held, busy);
  expect(state).toMatchObject({ status: "waiting", detail: "permission", decidedBy: "gate" });
  expect(nextStatus(state, { kind: "released", at: 4_000 })).toMatchObject({
    status: "working",
    decidedBy: "title",
  });
});

test("an agent whose process died is exited, also while a command of its is held", () => {
  const held: StatusSignal = { kind: "held", at: 2_000, rule: "approval #1" };
  const state = after(screen({ at: 1_000 }), held, { kind: "dead", at: 3_000, exitCode: 1 });
  expect(state).toMatchObject({ status: "exited", decidedBy: "process" });
  expect(explain(state)).toHaveLength(1);
});

const spoken = (over: Partial<Extract<StatusSignal, { kind: "agent" }>>): StatusSignal => ({
  kind: "agent",
  source: "hook",
  at: 1_000,
  status: "working",
  detail: "",
  rule: "it works",
  ...over,
});

test.each([
  ["the hook's, where it is the later", 1_000, "hook"],
  ["the hook's, where the transcript is a moment later", 3_000, "hook"],
  ["the transcript's, where the hook has said nothing for longer", 5_000, "transcript"],
])("of two words of an agent it is %s", (_claim, at, decidedBy) => {
  const state = after(spoken({}), spoken({ source: "transcript", at, status: "idle" }));
  expect(state.decidedBy).toBe(decidedBy);
});

test("a source that can tell no more gives way to the next look, and one that never spoke to nothing", () => {
  const unsaid = { kind: "unsaid", source: "hook", at: 1_500 } as const;
  const state = after(spoken({}), unsaid);
  expect(state.status).toBe("working");
  expect(nextStatus(state, screen({ at: 1_600 })).decidedBy).toBe("screen");
  const silent = after(screen({}));
  expect(nextStatus(silent, unsaid)).toEqual(silent);
});

test("what ended stays ended since its first end", () => {
  const dead = { kind: "dead", at: 5, exitCode: null } as const;
  const state = after(dead, { ...dead, at: 9 });
  expect(state).toMatchObject({ status: "exited", since: 5 });
  expect(explain(state)).toMatchObject([{ rule: "the process ended with a signal" }]);
});

describe("a limit", () => {
  const limit = { notice: "resets in 3h", retryAt: 5_000 };
  const limited = screen({ at: 1_000, detail: "limited", limit });
  const again = screen({ at: 2_000, detail: "limited", limit: { ...limit, retryAt: 9_000 } });
  const working = screen({ at: 1_500, status: "working" });

  test("is over when its notice said so first, however often that is seen", () => {
    expect(after(limited, again).limit).toEqual(limit);
    const menu = screen({ at: 1_500, source: "none", status: "unknown" });
    expect(after(limited, menu, again).limit).toEqual(limit);
  });

  test("is forgotten once the agent works again, or is idle without it", () => {
    expect(after(limited, working).limit).toBeUndefined();
    expect(after(limited, working, again).limit?.retryAt).toBe(9_000);
    expect(after(limited, screen({ at: 1_500 })).limit).toBeUndefined();
  });

  test("gets its end from whichever source tells one, and is part of the evidence", () => {
    const hook = { kind: "agent", source: "hook", status: "idle", detail: "limited" } as const;
    const word = { ...hook, rule: "its turn failed", at: 900 };
    const state = after({ ...word, limit: { notice: "limited", retryAt: null } }, limited);
    expect(explain(state).filter((each) => each.decided)).toMatchObject([{ limit }]);
  });
});
