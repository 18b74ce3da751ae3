import { expect, test } from "vitest";
import { newId } from "../../../src/base/ids.ts";
import type { JournalEvent } from "../../../src/contract/events.ts";
import type { Turn } from "../../../src/contract/terminals.ts";
import type { StatusChange } from "../../../src/core/terminals/index.ts";
import { addTerminal, terminalRecord, testStores } from "../../support/stores.ts";

const status = (change: Partial<StatusChange>): StatusChange => ({
  status: "working",
  detail: "",
  composer: "empty",
  statusAt: 5,
  reason: null,
  exitCode: null,
  why: [{ source: "screen", rule: "spinner", status: "working", detail: "", at: 5, decided: true }],
  ...change,
});
const turn = (terminalId: string, change: Partial<Turn> = {}): Turn => ({
  id: newId("turn"),
  terminalId,
  messageId: null,
  state: "submitted",
  startedAt: 3,
  endedAt: null,
  result: null,
  ...change,
});

test("a record comes back as it was stored", async () => {
  const stores = testStores();
  const record = await addTerminal(stores, { worktree: "/w", exitCode: 3, labels: ["a", "b"] });
  expect(await stores.terminals.get(record.id)).toEqual(record);
  expect(await stores.terminals.get("t_none")).toBeUndefined();
});

test("a name is taken while its terminal lives, and free again afterwards", async () => {
  const stores = testStores();
  const { terminals } = stores;
  const dev = await addTerminal(stores);
  const taken = { code: "name.taken" };
  await expect(addTerminal(stores)).rejects.toMatchObject(taken);
  await addTerminal(stores, { session: "conductor-other" });
  const other = await addTerminal(stores, { name: "other" });
  await expect(terminals.update(other.id, { name: "dev" }, null)).rejects.toMatchObject(taken);
  await terminals.changeStatus(dev.id, status({ status: "lost", reason: "tmux ended" }), null);
  await addTerminal(stores);
  await expect(
    terminals.changeStatus(dev.id, status({ status: "starting" }), null),
  ).rejects.toMatchObject(taken);
});

test("status, turn and event change together, and listeners hear of it after the commit", async () => {
  const stores = testStores();
  const { terminals, journal } = stores;
  const dev = await addTerminal(stores);
  const heard: JournalEvent[] = [];
  journal.follow((event) => heard.push(event));
  const event = { type: "terminal.changed", subject: dev.id, actor: "daemon", data: {} };
  const started = turn(dev.id);
  await terminals.changeStatus(dev.id, status({}), event, { kind: "start", turn: started });
  await terminals.changeStatus(dev.id, status({}), null, { kind: "run", turnId: started.id });
  expect(await terminals.openTurn(dev.id)).toMatchObject({ id: started.id, state: "running" });
  const end = {
    kind: "end",
    turnId: started.id,
    state: "completed",
    result: { text: "done", source: "screen" },
    endedAt: 9,
  } as const;
  await terminals.changeStatus(dev.id, status({ status: "idle" }), event, end);
  expect(heard.map((one) => one.type)).toEqual([
    "terminal.changed",
    "turn.started",
    "turn.ran",
    "terminal.changed",
    "turn.ended",
  ]);
  expect(await terminals.turns(dev.id, 5)).toEqual([
    { ...started, state: "completed", endedAt: 9, result: end.result },
  ]);
  // A turn that has ended cannot end again; the status change goes back with it.
  heard.length = 0;
  await expect(
    terminals.changeStatus(dev.id, status({ status: "error" }), event, end),
  ).rejects.toMatchObject({ code: "state.conflict" });
  expect((await terminals.get(dev.id))?.status).toBe("idle");
  expect(heard).toEqual([]);
});

test("a new turn ends the one that nobody ended", async () => {
  const stores = testStores();
  const { terminals } = stores;
  const dev = await addTerminal(stores);
  const first = turn(dev.id);
  const second = turn(dev.id, { startedAt: 7 });
  await terminals.changeStatus(dev.id, status({}), null, { kind: "start", turn: first });
  await terminals.changeStatus(dev.id, status({}), null, { kind: "start", turn: second });
  expect(await terminals.turns(dev.id, 5)).toEqual([
    second,
    { ...first, state: "completed", endedAt: 7 },
  ]);
});

test("retention forgets terminals that ended long ago and never a live one", async () => {
  const stores = testStores();
  const { terminals } = stores;
  await addTerminal(stores, { statusAt: 1 });
  const old = await addTerminal(stores, { name: "old", status: "exited", statusAt: 1 });
  await addTerminal(stores, { name: "fresh", status: "exited", statusAt: 100 });
  expect(await terminals.removeExited(50)).toEqual([old]);
  const left = await terminals.list();
  expect(left.map((one) => one.name).toSorted()).toEqual(["dev", "fresh"]);
  expect((await terminals.list({ live: true })).map((one) => one.name)).toEqual(["dev"]);
});

test("a session is made once, and changed under its name", async () => {
  const stores = testStores();
  const { terminals } = stores;
  const session = { id: "s_1", name: "shop", cwd: "/a", state: "active", createdAt: 1 } as const;
  await terminals.setSession(session, null);
  await terminals.setSession({ ...session, id: "s_2", state: "closed" }, null);
  expect(await terminals.sessions()).toEqual([{ ...session, state: "closed" }]);
  expect(await terminals.sessions({ state: "active" })).toEqual([]);
});

test("an unknown terminal cannot be changed", async () => {
  const { terminals } = testStores();
  const { id } = terminalRecord();
  await expect(terminals.update(id, { paneId: null }, null)).rejects.toMatchObject({
    code: "not_found",
  });
});
