import { expect, test } from "vitest";
import { newId } from "../../../src/base/ids.ts";
import type { AgentRecord } from "../../../src/contract/agents.ts";
import type { NewAgent } from "../../../src/core/agents/index.ts";
import { addTerminal, testStores } from "../../support/stores.ts";
import { leaseOf, asked as task } from "../../support/tasks.ts";

const asked: NewAgent = {
  name: "fixer",
  description: "mends tests",
  provider: "scripted",
  profile: null,
  connector: "tmux",
  labels: ["test", "test"],
  capabilities: ["code"],
  maxConcurrency: 2,
};

function opened() {
  const stores = testStores();
  const by = { actor: "human", now: stores.clock.now() };
  const register = (change: Partial<NewAgent> = {}) =>
    stores.agents.register({ ...asked, ...change }, by);
  const types = async () => (await stores.journal.after(0, 100)).map(({ type }) => type);
  /** A turn of a terminal of that agent, which runs or has ended. */
  const work = async (agent: AgentRecord, ends: readonly ("completed" | "failed" | null)[]) => {
    const terminal = await addTerminal(stores, { agentId: agent.id, name: newId("t").slice(-8) });
    const { id: _id, ...looks } = terminal;
    for (const [at, state] of ends.entries()) {
      const turnId = newId("turn");
      const turn = { id: turnId, terminalId: terminal.id, messageId: null, startedAt: at } as const;
      const open = { ...turn, state: "submitted", endedAt: null, result: null } as const;
      await stores.terminals.changeStatus(terminal.id, looks, null, { kind: "start", turn: open });
      if (state === null) continue;
      const end = { kind: "end", turnId, state, result: null, endedAt: 100 + at } as const;
      await stores.terminals.changeStatus(terminal.id, looks, null, end);
    }
    return terminal;
  };
  return { ...stores, by, register, types, work };
}

test("who is registered is found by name, by id and by the start of it", async () => {
  const { agents, register } = opened();
  const made = await register();
  expect(made).toMatchObject({ name: "fixer", state: "enabled", labels: ["test"] });
  for (const ref of ["fixer", made.id, made.id.slice(0, 12), made.id.slice(3, 12)])
    expect(await agents.get(ref)).toEqual(made);
  await expect(agents.get("ghost")).rejects.toMatchObject({
    code: "not_found",
    hint: "conductor ai list",
  });
});

test("a name is given once", async () => {
  const { agents, register, types } = opened();
  await register();
  await expect(register({ provider: "shell" })).rejects.toMatchObject({ code: "name.taken" });
  expect(await agents.list()).toHaveLength(1);
  expect(await types()).toEqual(["agent.registered"]);
});

test("labels come and go, and what changes nothing is no event", async () => {
  const { agents, register, types, by } = opened();
  await register();
  const change = { add: ["docs"], remove: ["test"] };
  expect(await agents.label("fixer", change, by)).toMatchObject({ labels: ["docs"] });
  expect(await agents.label("fixer", change, by)).toMatchObject({ labels: ["docs"] });
  expect(await types()).toEqual(["agent.registered", "agent.labelled"]);
});

test("an idle agent is disabled at once, and enabled again", async () => {
  const { agents, register, types, by } = opened();
  await register();
  expect(await agents.disable("fixer", by)).toMatchObject({ state: "disabled" });
  expect(await agents.enable("fixer", by)).toMatchObject({ state: "enabled" });
  expect(await types()).toEqual(["agent.registered", "agent.disabled", "agent.enabled"]);
});

test("a working agent drains, and is disabled when its work is over", async () => {
  const { agents, terminals, register, types, work, by } = opened();
  const made = await register();
  const { id, ...looks } = await work(made, [null]);
  expect(await agents.disable("fixer", by)).toMatchObject({ state: "draining" });
  expect(await agents.settleDrained(by.now)).toEqual([]);
  const turn = await terminals.openTurn(id);
  const end = {
    kind: "end",
    turnId: turn?.id ?? "",
    state: "completed",
    result: null,
    endedAt: 9,
  } as const;
  await terminals.changeStatus(id, looks, null, end);
  expect(await agents.settleDrained(by.now)).toMatchObject([{ id: made.id, state: "disabled" }]);
  expect(await types()).toContain("agent.drained");
});

test("an agent that works is not removed; another is, and its name is free", async () => {
  const { agents, register, work, by } = opened();
  await work(await register(), [null]);
  await expect(agents.remove("fixer", by)).rejects.toMatchObject({ code: "state.conflict" });
  await register({ name: "idler" });
  await agents.remove("idler", by);
  expect((await agents.list()).map(({ name }) => name)).toEqual(["fixer"]);
  await register({ name: "idler" });
});

test("work counts what runs and what failed, and a success ends the row of failures", async () => {
  const { agents, register, work } = opened();
  const busy = await register();
  const failing = await register({ name: "failing" });
  const better = await register({ name: "better" });
  const idle = await register({ name: "idle" });
  await work(busy, [null]);
  await work(busy, ["completed", null]);
  await work(failing, ["completed", "failed", "failed"]);
  await work(better, ["failed", "completed"]);
  const found = await agents.work(0);
  expect(found.get(busy.id)).toMatchObject({ running: 2, failures: 0 });
  expect(found.get(failing.id)).toEqual({
    running: 0,
    failures: 2,
    failuresInARow: 2,
    lastFailureAt: 102,
  });
  expect(found.get(better.id)).toMatchObject({ failures: 1, failuresInARow: 0 });
  expect(found.get(idle.id)).toBeUndefined();
  expect((await agents.work(102)).get(failing.id)).toMatchObject({ failures: 1 });
});

test("a task that it has counts once, though its terminal has a turn for it", async () => {
  const { agents, tasks, register, work, by } = opened();
  const made = await register();
  const terminal = await work(made, [null]);
  const [created] = await tasks.enqueue([task()], "human", by.now);
  const claimer = { owner: "daemon", terminalId: terminal.id, agentId: made.id };
  await tasks.claim(created?.task.id ?? "", claimer, by.now);
  expect((await agents.work(0)).get(made.id)).toMatchObject({ running: 1 });
  await expect(agents.remove("fixer", by)).rejects.toMatchObject({ code: "state.conflict" });
});

test("tasks that failed count, a full quota does not, and a task that is done ends the row", async () => {
  const { agents, tasks, clock, register } = opened();
  const made = await register();
  const attempt = async (end: "retryable" | "rate_limited" | "done") => {
    await clock.advance(1_000);
    const [created] = await tasks.enqueue([task()], "human", clock.now());
    const claimer = { owner: "daemon", terminalId: null, agentId: made.id };
    const claimed = await tasks.claim(created?.task.id ?? "", claimer, clock.now());
    if (end === "done") await tasks.complete(leaseOf(claimed), { result: null }, clock.now());
    else {
      const failure = { class: end, code: "agent.failed", message: "no", retryAt: clock.now() };
      await tasks.fail(leaseOf(claimed), failure, [], clock.now());
    }
    return (await agents.work(0)).get(made.id);
  };
  expect(await attempt("retryable")).toMatchObject({ failures: 1, failuresInARow: 1 });
  expect(await attempt("retryable")).toMatchObject({ failures: 2, failuresInARow: 2 });
  expect(await attempt("rate_limited")).toMatchObject({ failures: 2, failuresInARow: 2 });
  expect(await attempt("done")).toMatchObject({ failures: 2, failuresInARow: 0 });
  expect(await attempt("retryable")).toMatchObject({ failures: 3, failuresInARow: 1, running: 0 });
});
