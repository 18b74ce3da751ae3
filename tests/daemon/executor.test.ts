/** What the executor does with the rows of an attempt. */
import { expect, onTestFinished, test } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import { silentLog } from "../../src/base/log.ts";
import { registerRequest } from "../../src/contract/agents.ts";
import type { AgentSession, Connector, PromptEnd } from "../../src/core/agents/index.ts";
import type { Lease } from "../../src/core/tasks/index.ts";
import { Auto } from "../../src/daemon/auto.ts";
import { Executor, type ExecutorPorts } from "../../src/daemon/executor.ts";
import { addTerminal } from "../support/stores.ts";
import { taskWorld } from "../support/tasks.ts";
import { testTerminals } from "../support/terminals.ts";

const routing = { picked: "ag_1", outcome: "picked", why: "the only one", table: [] } as const;

function executing(change: Partial<ExecutorPorts> = {}) {
  const world = taskWorld();
  const { terminals, driver } = testTerminals(world);
  const errors: object[] = [];
  const ports: ExecutorPorts = {
    ...world,
    log: { ...silentLog, error: (fields) => void errors.push(fields) },
    terminals: () => terminals,
    env: {},
    connectorOf: () => undefined,
    check: () => Promise.reject(new Error("no task here names a check")),
    evidence: async () => [],
    base: async () => null,
    failpoint: undefined,
    ...change,
  };
  const executor = new Executor(ports);
  onTestFinished(() => executor[Symbol.dispose]());
  return { ...world, driver, openTerminals: terminals, ports, executor, errors };
}

/** A task whose agent's turn is over, as a daemon finds it that starts. */
async function ended({ add, attempts, clock }: ReturnType<typeof executing>): Promise<Lease> {
  const [task] = await add({});
  const now = clock.now();
  const { taskId: id, fence } = await attempts.claim(
    {
      taskId: task?.id ?? "",
      owner: "daemon",
      agentId: "ag_1",
      places: [{ terminalId: "t_1", origin: "fresh" }],
      routing: { ...routing, table: [] },
      worktree: null,
    },
    now,
  );
  const lease = { id, fence };
  await attempts.move(lease, { signal: "open", folder: "/w", base: null }, now);
  await attempts.move(lease, { signal: "prompt" }, now);
  const end = { failure: null, text: "ok", result: null, turnId: null, usage: null, at: now };
  await attempts.move(lease, { signal: "end", end }, now);
  return lease;
}

test("a turn that is over is settled once, and its terminal is let go at once", async () => {
  const world = executing();
  const lease = await ended(world);
  await world.executor.start();
  await world.clock.advance(0);
  expect(await world.attempts.get(lease)).toMatchObject({
    state: "settled",
    releasedAt: world.clock.now(),
  });
  expect(world.errors).toEqual([]);
  expect(await world.verbs(lease.id)).toEqual(
    expect.arrayContaining(["task.completed", "task.freed"]),
  );
});

/** Turns that end as they are told, one after the other; each opening brings the terminal up. */
function turns(ends: (() => PromptEnd)[]) {
  const prompts: { readonly key: string; readonly text: string }[] = [];
  let bringUp: (id: string) => Promise<void> = async () => undefined;
  const session = (id: string): AgentSession => ({
    id,
    prompt: async ({ key, text }) => {
      prompts.push({ key, text });
      const end = ends.shift();
      if (end === undefined) throw new Error("it was not to be prompted again");
      return end();
    },
    onUpdate: () => () => undefined,
    onPermission: () => () => undefined,
    cancel: async () => true,
    status: () => ({ status: "idle", detail: "", since: 0 }),
    close: async () => undefined,
  });
  const connector: Connector = {
    kind: "tmux",
    probe: () => Promise.reject(new Error("it is not asked what it can do")),
    open: async ({ id }) => {
      await bringUp(id);
      return session(id);
    },
    adopt: session,
  };
  return { prompts, connector, onOpen: (run: typeof bringUp) => void (bringUp = run) };
}

test("at an agent's limit a task goes back at no attempt's cost, and is tried again when that is over", async () => {
  const over = 1_800_000_000_000 + 3_600_000;
  const turn = {
    id: "turn_1",
    terminalId: "t_1",
    messageId: null,
    state: "completed" as const,
    startedAt: 0,
    endedAt: 1,
    result: { text: "done at last", source: "screen" as const },
  };
  const { prompts, connector, onOpen } = turns([
    () => {
      throw new ConductorError("agent.limited", "out of quota", { data: { retryAt: over } });
    },
    () => ({ stopReason: "end_turn", turn, result: turn.result, usage: null }),
  ]);
  const world = executing({ connectorOf: () => connector });
  const { add, agents, auto: store, clock, driver, executor, openTerminals, ports, tasks } = world;
  onOpen(async (id) => {
    if (openTerminals.byId(id) !== undefined) return;
    const { session, name } = await addTerminal(world, { id });
    const pane = { cwd: "/", env: {}, argv: ["sh"], logPath: "/dev/null" };
    await driver.spawn({ ...pane, session, name, terminalId: id });
    await openTerminals.adopt();
  });
  const asked = registerRequest.parse({ name: "fixer", provider: "scripted" });
  const by = { actor: "human", now: clock.now() };
  const agent = await agents.register({ ...asked, provider: "scripted", profile: null }, by);
  const policy = { effect: "allow", reason: "" } as const;
  const candidate = { ...agent, illness: null, policy, running: 0, recentFailures: 0 };
  const routed = { ...routing, table: [], picked: agent.id };
  const auto = new Auto({
    ...ports,
    ...world,
    store,
    executor,
    routing: {
      route: async () => routed,
      free: async () => [{ ...candidate, knowsProject: false, isWarm: false }],
    },
  });
  onTestFinished(() => auto[Symbol.dispose]());
  await auto.turn({ on: true, queues: ["default"] }, { by: "human", release: false });
  const [task] = await add({ execution: { cwd: "/w" } });
  const id = task?.id ?? "";
  await clock.advance(10_000);
  expect(await tasks.get(id)).toMatchObject({ state: "queued", attempt: 0, runAt: over });
  await clock.advance(over - clock.now() - 1);
  expect(prompts).toHaveLength(1);
  await clock.advance(1_000);
  expect(await tasks.get(id)).toMatchObject({
    state: "done",
    attempt: 1,
    result: { text: "done at last" },
  });
  expect(prompts.map(({ key }) => key)).toEqual([`${id}:1`, `${id}:2`]);
  expect(await agents.work(0)).toEqual(new Map());
  expect(world.errors).toEqual([]);
});
