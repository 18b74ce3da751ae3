/** How agents are interrupted, asked to leave, and ended. */
import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import type { LeaveRules, PaneSignal } from "../../../src/core/terminals/index.ts";
import { settle } from "../../support/fake-clock.ts";
import { testStores } from "../../support/stores.ts";
import { bench, spec, startTurn } from "./bench.ts";

const rules: LeaveRules = {
  interrupt: ["Escape"],
  clearDraft: [],
  exitText: undefined,
  exitKeys: [],
};

async function idleAgent(leave: Partial<LeaveRules> = {}) {
  const made = bench(testStores(), 0, false, { leave: () => ({ ...rules, ...leave }) });
  const dev = await made.terminals.launch(spec("dev"), "human");
  made.driver.show("%1", { text: "idle" });
  await dev.settled();
  return { ...made, dev };
}

test.each([
  ["by what it is told", { exitText: "/quit" }, ["/quit"], [["Enter"]]],
  ["by keys", { exitKeys: ["C-c", "C-c"] }, [], [["C-c", "C-c"]]],
  ["not at all where it knows no way", {}, [], []],
] as const)("an idle agent is asked to leave %s", async (_claim, leave, pasted, pressed) => {
  const { driver, terminals, clock, dev } = await idleAgent(leave);
  const stopping = terminals.stop(dev, { actor: "human", force: false });
  await clock.advance(5_001);
  expect(await stopping).toBe("killed");
  expect(driver.pasted.map(({ text }) => text)).toEqual(pasted);
  expect(driver.pressed.map(({ keys }) => keys)).toEqual(pressed);
});

const facts = {
  session: "shop",
  terminalId: "t",
  pid: 1,
  title: "",
  command: "fake",
  dead: true,
  exitCode: 0,
  inMode: false,
};
const ofPane = (paneId: string): readonly PaneSignal[] => [
  { kind: "exiting", paneId, exitCode: 0 },
  { kind: "gone", paneId },
  { kind: "facts", facts: { ...facts, paneId } },
];

test.each(ofPane("%1"))("an agent has left once its own pane tells so: $kind", async (signal) => {
  const { driver, terminals, dev } = await idleAgent({ exitText: "/exit" });
  const stopping = terminals.stop(dev, { actor: "human", force: false });
  await settle();
  driver.emit(signal);
  expect(await stopping).toBe("left");
});

test("the end of another pane, or facts of a live one, are no sign that an agent left", async () => {
  const { driver, terminals, clock, dev } = await idleAgent({ exitText: "/exit" });
  const stopping = terminals.stop(dev, { actor: "human", force: false });
  await settle();
  for (const signal of ofPane("%9")) driver.emit(signal);
  driver.emit({ kind: "facts", facts: { ...facts, paneId: "%1", dead: false } });
  await clock.advance(5_001);
  expect(await stopping).toBe("killed");
});

test("a pane that is gone when it is to be ended is ended", async () => {
  const { driver, terminals, dev } = await idleAgent();
  driver.kill = () => Promise.reject(new ConductorError("pane.gone", "%1 is gone"));
  expect(await terminals.stop(dev, { actor: "human", force: true })).toBe("killed");
  expect(dev.record.status).toBe("exited");
});

test.each([
  ["is not ended", new ConductorError("tmux.refused", "no"), true],
  ["cannot be asked for a reason nobody knows", new Error("broken pipe"), false],
])(
  "a stop that fails leaves the terminal as it was: its agent %s",
  async (_claim, error, force) => {
    const { driver, terminals, dev } = await idleAgent({ exitText: "/exit" });
    if (force) driver.kill = () => Promise.reject(error);
    else driver.paste = () => Promise.reject(error);
    await expect(terminals.stop(dev, { actor: "human", force })).rejects.toBe(error);
    expect([dev.isLeaving, dev.isLive]).toEqual([false, true]);
  },
);

test("a CLI whose draft no key clears is interrupted by its key alone, and waited for no longer", async () => {
  const { driver, terminals, dev } = await idleAgent();
  driver.show("%1", { text: "working" });
  await dev.settled();
  await terminals.interrupt(dev);
  await settle();
  expect(dev.isStopping).toBe(false);
  expect(driver.pressed).toEqual([{ paneId: "%1", keys: ["Escape"] }]);
});

test("an interrupted turn ends as interrupted, whatever another pane shows and its hook says", async () => {
  const made = bench();
  const dev = await startTurn(made);
  const { driver, terminals, clock } = made;
  await terminals.launch(spec("other"), "human");
  const promptAt = clock.now();
  await dev.hear({ source: "hook", at: promptAt, event: { kind: "prompt", text: "go" } });
  driver.show("%1", { text: "working empty" });
  await dev.settled();
  await terminals.interrupt(dev);
  driver.show("%2", { text: "idle" });
  await settle();
  expect(dev.isStopping).toBe(true);
  const end = { kind: "turnEnded", state: "completed", detail: "", answer: "half" } as const;
  await dev.hear({ source: "hook", at: clock.now(), event: end });
  expect(dev.turn).toMatchObject({ state: "interrupted", result: { text: "half" } });
  await clock.advance(5_000);
  expect(dev.isStopping).toBe(false);
});

test("an agent whose pane is not there yet, or no more, cannot be interrupted", async () => {
  const { driver, terminals, dev } = await idleAgent();
  const { promise, reject } = Promise.withResolvers<never>();
  driver.spawn = () => promise;
  const launching = terminals.launch(spec("late"), "human");
  await settle();
  const gone = { code: "pane.gone" };
  await expect(terminals.interrupt(terminals.find("late"))).rejects.toMatchObject(gone);
  reject(new ConductorError("tmux.refused", "no room"));
  await expect(launching).rejects.toMatchObject({ code: "tmux.refused" });
  expect(terminals.find("late").record).toMatchObject({ status: "lost" });
  await terminals.stop(dev, { actor: "human", force: true });
  await expect(terminals.interrupt(dev)).rejects.toMatchObject(gone);
  expect(driver.pressed).toEqual([]);
});
