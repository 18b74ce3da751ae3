import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import { settle } from "../../support/fake-clock.ts";
import { testStores } from "../../support/stores.ts";
import { bench, spec, startTurn } from "./bench.ts";

test("a launched agent is starting, then what its screen shows, and every change is an event", async () => {
  const { driver, stores, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  expect(dev.status.status).toBe("starting");
  driver.show("%1", { text: "idle" });
  await dev.settled();
  expect(dev.status).toMatchObject({ status: "idle", composer: "empty" });
  const events = await stores.journal.after(0, 100);
  expect(events.map((event) => event.type)).toEqual([
    "terminal.launched",
    "terminal.started",
    "terminal.status_changed",
  ]);
});

test("the end of copy mode draws nothing and is looked at all the same", async () => {
  const { driver, looks, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "idle", inMode: true });
  await dev.settled();
  const facts = await driver.facts("%1");
  driver.emit({ kind: "facts", facts: { ...facts, inMode: true } });
  await settle();
  expect(looks).toHaveLength(1);
  driver.emit({ kind: "facts", facts: { ...facts, inMode: false } });
  await settle();
  expect(looks).toHaveLength(2);
});

test("names are unique among live terminals and free again after the end", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  await expect(terminals.launch(spec("dev"), "human")).rejects.toMatchObject({
    code: "name.taken",
  });
  driver.show("%1", { text: "", dead: true, exitCode: 3 });
  await dev.settled();
  expect(dev.record).toMatchObject({ status: "exited", exitCode: 3 });
  const again = await terminals.launch(spec("dev"), "human");
  expect(terminals.find("dev")).toBe(again);
});

test("a turn ends with the answer when the agent is idle again", async () => {
  const { driver, stores, terminals } = bench();
  const dev = await startTurn({ driver, stores, terminals });
  driver.show("%1", { text: "working" });
  driver.show("%1", { text: "idle:done it" });
  await dev.settled();
  expect(dev.turn).toMatchObject({
    state: "completed",
    result: { text: "done it", source: "screen" },
  });
  expect(await stores.terminals.openTurn(dev.record.id)).toBeUndefined();
});

test("an agent that took long to take a message has its time to show that it works all the same", async () => {
  const { driver, stores, terminals, clock } = bench();
  const dev = await startTurn({ driver, stores, terminals }, clock.now() - 5_000);
  driver.show("%1", { text: "idle:the answer of before" });
  await dev.settled();
  expect(dev.turn?.state).toBe("submitted");
  driver.show("%1", { text: "working" });
  driver.show("%1", { text: "idle:done it" });
  await dev.settled();
  expect(dev.turn).toMatchObject({ state: "completed", result: { text: "done it" } });
});

test("a turn of which nothing is seen, neither work nor an answer, is given ten seconds to begin", async () => {
  const { driver, stores, terminals, clock } = bench(testStores(), 0, true);
  const dev = await startTurn({ driver, stores, terminals });
  await clock.advance(9_900);
  driver.show("%1", { text: "idle" });
  await dev.settled();
  expect(dev.turn?.state).toBe("submitted");
  await clock.advance(200);
  expect(dev.turn).toMatchObject({ state: "completed", result: null });
});

test("an answer of which the last lines are drawn after the agent says it is done is kept whole", async () => {
  const { driver, stores, terminals, clock } = bench(testStores(), 100);
  const dev = await startTurn({ driver, stores, terminals });
  driver.show("%1", { text: "working" });
  driver.show("%1", { text: "idle" });
  await clock.advance(100);
  driver.show("%1", { text: "idle:half" });
  await clock.advance(100);
  driver.show("%1", { text: "idle:half and whole" });
  await clock.advance(100);
  expect(dev.status.status).toBe("working");
  await clock.advance(100);
  expect(dev.turn).toMatchObject({ state: "completed", result: { text: "half and whole" } });
});

test("an agent that stops before it draws its dialog is never told as idle", async () => {
  const { driver, stores, terminals, clock } = bench(testStores(), 100);
  const dev = await startTurn({ driver, stores, terminals });
  driver.show("%1", { text: "working" });
  driver.show("%1", { text: "idle" });
  await clock.advance(50);
  driver.show("%1", { text: "waiting" });
  await clock.advance(50);
  expect(dev.turn?.state).toBe("running");
  const events = await stores.journal.after(0, 100);
  expect(events.flatMap(({ data }) => data["status"] ?? [])).toEqual([
    "idle",
    "working",
    "waiting",
  ]);
});

test("a screen that never stands still is believed after half a second", async () => {
  const { driver, stores, terminals, clock } = bench(testStores(), 100);
  const dev = await startTurn({ driver, stores, terminals });
  driver.show("%1", { text: "working" });
  for (let tip = 0; tip < 6; tip += 1) {
    driver.show("%1", { text: `idle:${tip}` });
    await clock.advance(tip === 0 ? 50 : 100);
  }
  expect(dev.turn).toMatchObject({ state: "completed", result: { text: "5" } });
});

test("an agent that hangs at its start is an error with the reason, and recovers when it gets ready", async () => {
  const { driver, terminals, clock } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  await clock.advance(60_001);
  expect(dev.record).toMatchObject({ status: "error", reason: "not ready 60 s after its launch" });
  driver.show("%1", { text: "idle" });
  await dev.settled();
  expect(dev.status.status).toBe("idle");
});

test("after a restart panes are found again by their terminal, and what has no pane is lost", async () => {
  const first = bench();
  const dev = await first.terminals.launch(spec("dev"), "human");
  const gone = await first.terminals.launch(spec("gone"), "human");
  first.driver.show("%1", { text: "idle" });
  await dev.settled();
  await first.driver.kill("%2");
  first.terminals.close();

  const second = bench(first.stores);
  second.driver.adopt = () => first.driver.adopt();
  second.driver.capture = async () => ({ ...(await first.driver.capture("%1")), text: "working" });
  await second.terminals.adopt();
  expect(second.terminals.all().map(({ record }) => record.name)).toEqual(["dev", "gone"]);
  expect(second.terminals.find(dev.record.id).status.status).toBe("working");
  expect(second.terminals.find(gone.record.id).record).toMatchObject({
    status: "lost",
    reason: "its pane is gone",
  });
});

test("a tmux server that goes away loses every terminal of it, and the team can be launched again", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.emit({ kind: "server-lost" });
  await settle();
  expect(dev.record).toMatchObject({ status: "lost", reason: "the tmux server is gone" });
  expect((await terminals.launch(spec("dev"), "human")).isLive).toBe(true);
});

test("an agent is asked to leave only while it is idle, and its pane is ended in any case", async () => {
  const { driver, terminals, clock } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "idle" });
  await dev.settled();
  const stopping = terminals.stop(dev, { actor: "human", force: false });
  await settle();
  expect(driver.pasted).toEqual([{ paneId: "%1", text: "/exit" }]);
  driver.emit({ kind: "exiting", paneId: "%1", exitCode: 0 });
  expect(await stopping).toBe("left");

  const busy = await terminals.launch(spec("busy"), "human");
  driver.show("%2", { text: "working" });
  await busy.settled();
  const killing = terminals.stop(busy, { actor: "human", force: false });
  await clock.advance(10_000);
  expect(await killing).toBe("killed");
  expect(driver.pasted).toHaveLength(1);
  expect(driver.killed).toEqual(["%1", "%2"]);
  expect(busy.record.status).toBe("exited");
});

test("a name that two sessions have must be told with its session", async () => {
  const { terminals } = bench();
  await terminals.launch(spec("dev"), "human");
  const other = await terminals.launch({ ...spec("dev"), session: "lab" }, "human");
  expect(() => terminals.find("dev")).toThrow("shop/dev or lab/dev");
  expect(terminals.find("lab/dev")).toBe(other);
  expect(() => terminals.find("nobody")).toThrow("no terminal is called nobody");
});

test("an unknown name is told with the one that was nearly meant", async () => {
  const { terminals } = bench();
  await terminals.launch(spec("backend"), "human");
  expect(() => terminals.find("bakend")).toThrow(
    expect.objectContaining({
      code: "not_found",
      hint: expect.stringMatching(/^did you mean backend\? /),
    }),
  );
});

test("only an agent at work is interrupted: a key would answer a dialog, or end an idle CLI", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  for (const text of ["idle", "waiting"]) {
    driver.show("%1", { text });
    await dev.settled();
    await expect(terminals.interrupt(dev)).rejects.toMatchObject({ code: "state.conflict" });
  }
  expect(driver.pressed).toEqual([]);
  driver.show("%1", { text: "working" });
  await dev.settled();
  await terminals.interrupt(dev);
  expect(driver.pressed).toEqual([{ paneId: "%1", keys: ["Escape"] }]);
});

test("a CLI that lives by stability is idle once it is quiet, and stays so when it is looked at", async () => {
  const { driver, terminals, clock } = bench();
  const dev = await terminals.launch({ ...spec("dev"), provider: "generic" }, "human");
  driver.show("%1", { text: "hello" });
  await clock.advance(1_600);
  expect(dev.status).toMatchObject({ status: "idle", composer: "empty", decidedBy: "silence" });
  expect((await dev.look()).status).toMatchObject({ status: "idle", composer: "empty" });
  driver.show("%1", { text: "hello again" });
  await dev.settled();
  expect(dev.status.status).toBe("unknown");
});

test("an end is told once it is stored, and whether what waits may wait on", async () => {
  const { driver, ends, terminals, clock } = bench();
  const crashed = await terminals.launch(spec("crashed"), "human");
  await terminals.launch(spec("lost"), "human");
  const stopped = await terminals.launch(spec("stopped"), "human");
  const again = await terminals.launch(spec("again"), "human");
  driver.show("%1", { text: "", dead: true, exitCode: 3 });
  await crashed.settled();
  driver.emit({ kind: "gone", paneId: "%2" });
  await clock.advance(0);
  await terminals.stop(stopped, { actor: "human", force: true });
  const restarted = terminals.restart(again, spec("again"), "human");
  await clock.advance(10_000);
  await restarted;
  expect(ends).toEqual([
    ["crashed", "the process ended with 3", false],
    ["lost", "its pane was closed", true],
    ["stopped", "stopped by human", false],
    ["again", "stopped by human", true],
  ]);
});

test("what the store did not take has not happened, and happens once it takes it", async () => {
  const { driver, ends, stores, terminals, clock } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  const changeStatus = stores.terminals.changeStatus.bind(stores.terminals);
  stores.terminals.changeStatus = () => Promise.reject(new ConductorError("store.full", "full"));
  driver.show("%1", { text: "idle" });
  await clock.advance(1_500);
  expect(dev.status.status).toBe("starting");
  driver.show("%1", { text: "", dead: true, exitCode: 3 });
  await clock.advance(1_500);
  expect(ends).toEqual([]);
  stores.terminals.changeStatus = changeStatus;
  await clock.advance(1_500);
  expect(dev.record).toMatchObject({ status: "exited", exitCode: 3 });
  expect(ends).toHaveLength(1);
});

test("an agent in whose pane someone scrolls cannot be asked, and is ended all the same", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "idle" });
  await dev.settled();
  driver.paste = async () => {
    throw new ConductorError("pane.not_ready", "someone is in copy mode");
  };
  expect(await terminals.stop(dev, { actor: "human", force: false })).toBe("killed");
  expect(driver.killed).toEqual(["%1"]);
});

test("one pane that cannot be read keeps no other from being found again", async () => {
  const first = bench();
  for (const name of ["dev", "bad"]) await first.terminals.launch(spec(name), "human");
  first.terminals.close();
  first.driver.show("%1", { text: "idle" });

  const second = bench(first.stores);
  second.driver.adopt = () => first.driver.adopt();
  second.driver.capture = (paneId) =>
    paneId === "%2" ? Promise.reject(new Error("no answer")) : first.driver.capture(paneId);
  await second.terminals.adopt();
  expect(second.terminals.find("dev").status.status).toBe("idle");
  expect(second.terminals.find("bad").isLive).toBe(true);
});

test.each([
  ["empty", "idle draft", ["Escape", "C-c"]],
  ["empty", "idle", ["Escape"]],
  ["draft", "idle draft", ["Escape"]],
])(
  "an interrupted prompt that its CLI puts back is cleared, and no person's draft: %s before, %s after",
  async (before, after, keys) => {
    const { driver, terminals, clock } = bench();
    const dev = await terminals.launch(spec("dev"), "human");
    driver.show("%1", { text: `working ${before}` });
    await dev.settled();
    await terminals.interrupt(dev);
    driver.show("%1", { text: "idle" });
    await settle();
    driver.show("%1", { text: after });
    await settle();
    const isWatched = before === "empty" && after === "idle";
    expect(dev.isStopping).toBe(isWatched);
    await clock.advance(5_000);
    expect(dev.isStopping).toBe(false);
    expect(driver.pressed.flatMap((each) => each.keys)).toEqual(keys);
  },
);

test("an agent at work is interrupted, given a moment, and then asked to leave", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "working" });
  await dev.settled();
  const stopping = terminals.stop(dev, { actor: "human", force: false });
  await settle();
  expect([driver.pressed.length, driver.pasted.length]).toEqual([1, 0]);
  expect(dev.isLeaving).toBe(true);
  driver.show("%1", { text: "idle" });
  await settle();
  expect(driver.pasted).toEqual([{ paneId: "%1", text: "/exit" }]);
  driver.emit({ kind: "exiting", paneId: "%1", exitCode: 0 });
  expect(await stopping).toBe("left");
});

test("a terminal that was lost has no claim to a pane that tmux gives its id to", async () => {
  const { driver, terminals, stores } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.emit({ kind: "server-lost" });
  await settle();
  expect(dev.record).toMatchObject({ status: "lost", paneId: null, pid: null });
  expect(await stores.terminals.get(dev.record.id)).toMatchObject({ paneId: null, pid: null });
  driver.show("%1", { text: "idle" });
  await expect(dev.look()).rejects.toMatchObject({ code: "pane.gone" });
  await terminals.stop(dev, { actor: "human", force: false });
  expect(driver.killed).toEqual([]);
  expect(dev.status.status).toBe("exited");
});
