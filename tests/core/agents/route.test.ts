import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, type Need, route } from "../../../src/core/agents/index.ts";

const anything: Need = { capabilities: [], labels: [] };

function candidate(change: Partial<Candidate> = {}): Candidate {
  return {
    id: "ag_1",
    name: "fixer",
    state: "enabled",
    capabilities: ["code"],
    labels: ["test"],
    illness: null,
    policy: { effect: "allow", reason: "" },
    running: 0,
    maxConcurrency: 2,
    recentFailures: 0,
    knowsProject: false,
    isWarm: false,
    ...change,
  };
}

describe("filters", () => {
  const refused = (need: Partial<Need>, change: Partial<Candidate> = {}) => {
    const { table, outcome } = route({ ...anything, ...need }, [candidate(change)]);
    return [outcome, ...(table[0]?.refused ?? [])];
  };

  test.each([
    ["a capability", { capabilities: ["code", "review"] }, {}, "capabilities", "it cannot review"],
    ["a label", { labels: ["gpu"] }, {}, "labels", "it has no label gpu"],
    ["the named agent", { agent: "other" }, {}, "agent", "the task is for other"],
    ["one that is disabled", {}, { state: "disabled" }, "state", "it is disabled"],
    ["one that drains", {}, { state: "draining" }, "state", "it is draining"],
    [
      "what the policy allows",
      {},
      { policy: { effect: "deny", reason: "no tests on Fridays" } },
      "policy",
      "no tests on Fridays",
    ],
  ] as const)("nobody is picked without %s", (_what, need, change, filter, reason) => {
    expect(refused(need, change)).toEqual(["nobody", { filter, reason }]);
  });

  test.each([
    [
      "is not well",
      { illness: "claude is not on the PATH" },
      "health",
      "claude is not on the PATH",
    ],
    ["has no room", { running: 2 }, "room", "it works on 2 of 2"],
  ] as const)("one that %s may be picked later", (_what, change, filter, reason) => {
    expect(refused({}, change)).toEqual(["later", { filter, reason }]);
  });

  test("every reason against an agent is told, not only the first", () => {
    const told = refused({ labels: ["gpu"] }, { state: "disabled", illness: "ill", running: 5 });
    expect(told.slice(1)).toHaveLength(4);
  });

  test("a name and an id both name an agent", () => {
    for (const agent of ["fixer", "ag_1"])
      expect(route({ ...anything, agent }, [candidate()]).picked).toBe("ag_1");
  });

  test("a policy that asks does not refuse, and the table says that it asks", () => {
    const asking = candidate({ policy: { effect: "ask", reason: "costs money" } });
    expect(route(anything, [asking])).toMatchObject({ picked: "ag_1", table: [{ asks: true }] });
  });
});

describe("scores", () => {
  const two = (change: Partial<Candidate>, other: Partial<Candidate>) =>
    route(anything, [candidate({ id: "ag_1", ...change }), candidate({ id: "ag_2", ...other })]);

  test.each([
    ["the less loaded", { running: 1 }, {}],
    ["the one that fails less", { recentFailures: 1 }, {}],
    ["the one that knows the project", {}, { knowsProject: true }],
    ["the one that is warm there", { knowsProject: true }, { knowsProject: true, isWarm: true }],
    [
      "a free one over a busy one that is warm",
      { running: 1, isWarm: true, knowsProject: true },
      {},
    ],
    ["the one with more room in proportion", { running: 1 }, { running: 1, maxConcurrency: 4 }],
  ] as const)("%s is picked", (_what, one, other) => {
    expect(two(one, other).picked).toBe("ag_2");
  });

  test("of equals the first by id is picked, and the reason says so", () => {
    expect(two({}, {})).toMatchObject({
      picked: "ag_1",
      why: "fixer scores no worse than 1 other (0)",
    });
  });

  test("the reason tells of more than one other", () => {
    const all = ["ag_1", "ag_2", "ag_3"].map((id) =>
      candidate({ id, running: id === "ag_2" ? 0 : 1 }),
    );
    expect(route(anything, all).why).toBe("fixer scores better than 2 others (0)");
  });

  test("the table shows what a score is made of", () => {
    const [row] = route(anything, [
      candidate({ running: 1, recentFailures: 9, knowsProject: true, isWarm: true }),
    ]).table;
    expect(row?.score).toEqual({ total: 125, load: 50, failures: 100, affinity: -25 });
  });
});

describe("the reason why nobody is picked", () => {
  const why = (need: Partial<Need>, all: readonly Candidate[]) =>
    route({ ...anything, ...need }, all).why;

  test("says when no agent is registered", () =>
    expect(why({}, [])).toBe("no agent is registered"));

  test("says when no agent has the name", () =>
    expect(why({ agent: "ghost" }, [candidate()])).toBe("no agent is called ghost"));

  test("says what keeps the named agent", () =>
    expect(why({ agent: "fixer" }, [candidate({ state: "disabled" })])).toBe(
      "fixer: it is disabled",
    ));

  test("says of those that fit what they lack now", () =>
    expect(why({}, [candidate({ running: 2 }), candidate({ id: "ag_2", running: 2 })])).toBe(
      "fixer (one of 2 that fit) cannot now: it works on 2 of 2",
    ));

  test("says what each of the first agents lacks", () =>
    expect(why({ labels: ["gpu"] }, [candidate()])).toBe(
      "no agent fits: fixer: it has no label gpu",
    ));

  test("says nothing of room where an agent never fits", () =>
    expect(why({ labels: ["gpu"] }, [candidate({ running: 2 })])).toBe(
      "no agent fits: fixer: it has no label gpu",
    ));
});

const words = fc.subarray(["code", "review", "test", "docs"]);
const described: fc.Arbitrary<Omit<Candidate, "id" | "name">> = fc.record({
  state: fc.constantFrom("enabled", "enabled", "enabled", "disabled", "draining"),
  capabilities: words,
  labels: words,
  illness: fc.constantFrom(null, null, null, "ill"),
  policy: fc.record({
    effect: fc.constantFrom("allow", "ask", "deny"),
    reason: fc.constant("the policy"),
  }),
  running: fc.nat(4),
  maxConcurrency: fc.integer({ min: 1, max: 4 }),
  recentFailures: fc.nat(6),
  knowsProject: fc.boolean(),
  isWarm: fc.boolean(),
});
const candidates = fc
  .uniqueArray(fc.tuple(fc.nat(30), described), { maxLength: 12, selector: ([id]) => id })
  .map((all): Candidate[] =>
    all.map(([id, rest]) => ({ id: `ag_${100 + id}`, name: `agent-${id}`, ...rest })),
  );
const needs = fc.record({
  capabilities: fc.subarray(["code", "review"]),
  labels: fc.subarray(["test", "docs"]),
});

describe("for all needs and agents", () => {
  const always = (claim: (need: Need, all: readonly Candidate[]) => void) =>
    fc.assert(fc.property(needs, candidates, claim), { numRuns: 300 });

  test("who is picked passes every filter, and nobody who does scores better", () =>
    always((need, all) => {
      const { picked, table } = route(need, all);
      const open = all.filter(
        (each) =>
          each.state === "enabled" &&
          each.illness === null &&
          each.policy.effect !== "deny" &&
          each.running < each.maxConcurrency &&
          need.capabilities.every((word) => each.capabilities.includes(word)) &&
          need.labels.every((word) => each.labels.includes(word)),
      );
      expect(
        table
          .filter(({ score }) => score !== null)
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(open.map(({ id }) => id).toSorted());
      const totals = table.flatMap(({ score }) => score?.total ?? []);
      const best = table.find(({ id }) => id === picked);
      expect(best?.score?.total).toBe(totals.length === 0 ? undefined : Math.min(...totals));
      expect(picked === null).toBe(open.length === 0);
    }));

  test("every agent stands in the table, with a score or with a reason", () =>
    always((need, all) => {
      const { table } = route(need, all);
      expect(table.map(({ id }) => id).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      for (const { refused, score } of table) expect(score === null).toBe(refused.length > 0);
    }));

  test("the order in which agents are given changes nothing", () =>
    always((need, all) => {
      expect(route(need, all.toReversed())).toEqual(route(need, all));
    }));

  test("an agent that is refused changes nobody's luck", () =>
    always((need, all) => {
      const off = candidate({ id: "ag_999", state: "disabled" });
      expect(route(need, [...all, off]).picked).toBe(route(need, all).picked);
    }));

  test("who is picked is still picked when another gets more work", () =>
    always((need, all) => {
      const { picked } = route(need, all);
      const busier = all.map((each) =>
        each.id === picked ? each : { ...each, running: each.running + 1 },
      );
      expect(route(need, busier).picked).toBe(picked);
    }));

  test("it is the same when it was stored and read again", () =>
    always((need, all) => {
      const routing = route(need, all);
      expect(JSON.parse(JSON.stringify(routing))).toStrictEqual(routing);
    }));
});
