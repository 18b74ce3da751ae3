import { expect, test } from "vitest";
import {
  ANSWER_MS,
  nextScreenStep,
  nothingWatched,
  type Question,
  type ScreenAct,
  type ScreenApproval,
  SETTLE_MS,
  type Sight,
  type Watched,
} from "../../../src/core/approvals/index.ts";

const question: Question = { fingerprint: "rm", context: "Iwillclean" };
const again: Question = { fingerprint: "rm", context: "Iwillcleanranexit" };
const other: Question = { fingerprint: "ls", context: "Iwillclean" };

const seen = (at: number, shown: Question = question): Sight => ({
  kind: "question",
  at,
  question: shown,
});
const clear = (at: number): Sight => ({ kind: "clear", at });
const ended = (at: number): Sight => ({ kind: "ended", at, why: "dev is exited" });
const watched = (approval: ScreenApproval, shown = "rm"): Watched => ({
  approval,
  shown,
  since: 0,
  isUnbroken: false,
});
const asked: ScreenApproval = { state: "asked", id: "a_1", question };
const pressed: ScreenApproval = { state: "pressed", id: "a_1", question, at: 1_000 };

/** What is done about a sight that has held. */
function act(approval: ScreenApproval, sight: Sight): ScreenAct | undefined {
  const shown = sight.kind === "question" ? sight.question.fingerprint : "";
  const since = sight.at - SETTLE_MS;
  return nextScreenStep({ approval, shown, since, isUnbroken: false }, sight).act;
}

test("a dialog is asked about once it has held, and a look is due for that", () => {
  const first = nextScreenStep(nothingWatched, seen(1_000));
  expect(first).toMatchObject({ act: undefined, lookInMs: SETTLE_MS });
  const second = nextScreenStep(first.watched, seen(1_040));
  expect(second).toMatchObject({ act: undefined, lookInMs: SETTLE_MS - 40 });
  expect(nextScreenStep(second.watched, seen(1_000 + SETTLE_MS)).act).toEqual({ kind: "ask" });
  const patient = { ...seen(1_000 + SETTLE_MS), settleMs: 3_000 };
  expect(nextScreenStep(second.watched, patient)).toMatchObject({
    act: undefined,
    lookInMs: 3_000 - SETTLE_MS,
  });
});

test("half a dialog that a redraw shows for a moment asks nothing", () => {
  const half = nextScreenStep(nothingWatched, seen(1_000, other));
  const whole = nextScreenStep(half.watched, seen(1_050));
  expect(whole).toMatchObject({ act: undefined, lookInMs: SETTLE_MS });
});

test("a question that flickers stays the same question", () => {
  const gone = nextScreenStep(watched(asked), clear(1_000));
  expect(gone).toMatchObject({ act: undefined, lookInMs: SETTLE_MS });
  const back = nextScreenStep(gone.watched, seen(1_050));
  expect(back).toMatchObject({ act: undefined, lookInMs: undefined });
  expect(nextScreenStep(back.watched, seen(1_500)).act).toBeUndefined();
});

test("text printed above a dialog that was out of sight makes it another question, though it reads the same", () => {
  expect(act(asked, seen(2_000, again))).toMatchObject({ kind: "withdraw" });
  expect(act(pressed, seen(1_050, again))).toBeUndefined();
  expect(act(pressed, seen(1_500, again))).toEqual({ kind: "answered", id: "a_1" });
  const gone = nextScreenStep({ ...watched(asked), isUnbroken: true }, clear(2_000));
  expect(gone.watched.isUnbroken).toBe(false);
});

test("a dialog that was never out of sight is the same one, whatever is printed above it", () => {
  const later = { ...again, context: "andafterit" };
  let now: Watched = { ...watched(asked), isUnbroken: true };
  for (const shown of [again, later]) {
    const step = nextScreenStep(now, seen(2_000, shown));
    expect(step.act).toBeUndefined();
    now = step.watched;
  }
  // A redraw that hides it for a moment is told by what stands above it now.
  now = nextScreenStep(now, clear(2_050)).watched;
  expect(nextScreenStep(now, seen(2_060, later)).watched.isUnbroken).toBe(true);
  expect(nextScreenStep(now, seen(3_000, again)).watched.isUnbroken).toBe(false);
});

test("a pane that shows more or less of what was before changes no question", () => {
  for (const context of ["", "clean", "longbeforeIwillclean"]) {
    expect(act(asked, seen(2_000, { ...question, context }))).toBeUndefined();
  }
});

const why = "answered in the pane";
const replaced = "another question took its place";
const endings: [string, ScreenApproval, Sight, ScreenAct | undefined][] = [
  ["nothing asked, nothing seen", { state: "none" }, clear(9), undefined],
  ["nothing asked, the agent ends", { state: "none" }, ended(9), undefined],
  ["asked, still there", asked, seen(9), undefined],
  ["asked, gone", asked, clear(9), { kind: "withdraw", id: "a_1", why }],
  ["asked, another", asked, seen(9, other), { kind: "withdraw", id: "a_1", why: replaced }],
  ["asked, the agent ends", asked, ended(9), { kind: "abandon", id: "a_1", why: "dev is exited" }],
  ["owed, gone", { ...asked, state: "owed" }, clear(9), { kind: "withdraw", id: "a_1", why }],
  ["owed, still there", { ...asked, state: "owed" }, seen(9), { kind: "press", id: "a_1" }],
  ["pressed, gone", pressed, clear(1_001), { kind: "answered", id: "a_1" }],
  ["pressed, another", pressed, seen(1_001, other), { kind: "answered", id: "a_1" }],
  ["pressed, still there", pressed, seen(1_001), undefined],
  ["stuck, still there", { ...asked, state: "stuck" }, seen(9), undefined],
  ["stuck, gone", { ...asked, state: "stuck" }, clear(9), { kind: "withdraw", id: "a_1", why }],
];
test.each(endings)("%s", (_name, approval, sight, expected) => {
  expect(act(approval, sight)).toEqual(expected);
});

test("a key that was owed is pressed only where the dialog is provably the same", () => {
  const owed = { ...asked, state: "owed" } as const;
  expect(act(owed, seen(9, again))).toMatchObject({ kind: "withdraw" });
  expect(act(owed, seen(9, { ...question, context: "" }))).toMatchObject({ kind: "withdraw" });
});

test("a dialog that outlives its key fails after a bounded number of looks", () => {
  let now = 1_000;
  let looks = 0;
  let step = nextScreenStep(watched(pressed), seen(now));
  while (step.act === undefined && looks < 50) {
    expect(step.lookInMs).toBeDefined();
    now += step.lookInMs ?? 0;
    looks += 1;
    step = nextScreenStep(step.watched, seen(now));
  }
  expect(step.act).toMatchObject({ kind: "failed", id: "a_1" });
  expect(now - 1_000).toBeGreaterThanOrEqual(ANSWER_MS);
  expect(looks).toBeLessThan(12);
});

test("an agent that ends with its key on the way leaves that uncertain", () => {
  expect(act(pressed, ended(1_001))).toMatchObject({ kind: "failed" });
});
