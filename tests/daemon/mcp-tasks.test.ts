/** The tools with which agents work the queue, by the official SDK's client. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, onTestFinished, test } from "vitest";
import { newTask, type TaskRequest } from "../../src/contract/tasks.ts";
import type { TaskRecord } from "../../src/core/tasks/index.ts";
import { launched, type Served, served } from "../support/served.ts";

interface Agent {
  readonly id: string;
  call(tool: string, input?: Record<string, unknown>): Promise<string>;
}

async function agent(world: Served, name = "dev"): Promise<Agent> {
  const id = await launched(world, name);
  const headers = { authorization: `Bearer ${world.tokenOf(id)}` };
  const client = new Client({ name: "a test", version: "1" });
  const at = new URL(`${world.url}/mcp`);
  await client.connect(new StreamableHTTPClientTransport(at, { requestInit: { headers } }));
  onTestFinished(() => client.close());
  return {
    id,
    call: async (tool, input = {}) => {
      const { content } = await client.callTool({ name: tool, arguments: input });
      return JSON.stringify(content).replaceAll('\\"', '"');
    },
  };
}

async function add(world: Served, ...tasks: TaskRequest[]): Promise<TaskRecord[]> {
  const { tasks: store, clock } = world.services;
  const asked = tasks.map((task) => newTask.parse(task));
  return (await store.enqueue(asked, "human", clock.now())).map(({ task }) => task);
}

const stateOf = async (world: Served, { id }: TaskRecord) =>
  (await world.services.tasks.get(id)).state;

test("an agent takes the next task, tells how far it is, and hands it in", async () => {
  const world = await served();
  const dev = await agent(world);
  const [first, second] = await add(
    world,
    { title: "count", prompt: "count the files", payload: { in: "src" }, ref: "one" },
    { title: "sum up", dependsOn: [{ task: "one" }] },
  );
  if (first === undefined || second === undefined) throw new Error("nothing was created");
  expect(await dev.call("list_tasks")).toContain('"state": "blocked"');
  const given = await dev.call("claim_task");
  expect(given).toContain(`You hold task ${first.id}: "count"`);
  expect(given).toContain("count the files");
  expect(given).toContain('{"in":"src"}');
  expect(await dev.call("claim_task"), "the same call again").toContain(first.id);
  await dev.call("update_task", { note: "half way", share: 0.5 });
  expect(await world.services.tasks.get(first.id)).toMatchObject({
    state: "running",
    terminalId: dev.id,
    progress: { note: "half way", share: 0.5 },
  });
  const said = { result: "42 files", data: { files: 42 } };
  expect(await dev.call("complete_task", said)).toContain('"count" is done');
  expect(await dev.call("complete_task", said), "the same again").toContain('"count" is done');
  expect(await world.services.tasks.get(first.id)).toMatchObject({
    state: "done",
    result: { text: "42 files", files: 42 },
  });
  expect(await dev.call("claim_task"), "the next builds on it").toContain("42 files");
  await dev.call("complete_task", { result: "summed up" });
  expect(await stateOf(world, second)).toBe("done");
  expect(await dev.call("claim_task")).toContain("There is no task for you now");
});

test("an agent writes only the task that it holds", async () => {
  const world = await served();
  const [dev, lead] = [await agent(world), await agent(world, "lead")];
  const [task, other] = await add(world, { title: "a" }, { title: "b" });
  if (task === undefined || other === undefined) throw new Error("nothing was created");
  await lead.call("claim_task", { task: task.id });
  for (const [tool, input] of [
    ["update_task", { note: "mine" }],
    ["complete_task", { result: "stolen" }],
    ["fail_task", { reason: "spite" }],
  ] as const) {
    const said = await dev.call(tool, { ...input, task: task.id });
    expect(said).toMatch(/Error \(task\.lease_lost\).*What to do: /);
  }
  expect(await dev.call("claim_task", { task: task.id })).toMatch(/Error \(task\.wrong_state\)/);
  expect(await dev.call("complete_task", { result: "x" })).toContain("task.lease_lost");
  expect(await stateOf(world, task)).toBe("running");
  await dev.call("claim_task", { task: other.id });
  expect(await dev.call("claim_task", { task: task.id })).toContain(`you work on ${other.id}`);
});

test("who has lost a task is told to stop, and changes nothing", async () => {
  const world = await served();
  const dev = await agent(world);
  const [task] = await add(world, { title: "a" });
  if (task === undefined) throw new Error("nothing was created");
  await dev.call("claim_task");
  const { tasks, clock } = world.services;
  await tasks.cancel(task.id, { by: "human", reason: "not needed" }, clock.now());
  const said = await dev.call("complete_task", { task: task.id, result: "too late" });
  expect(said).toMatch(/task\.lease_lost.*What to do: /);
  expect(await tasks.get(task.id)).toMatchObject({ state: "cancelled", result: null });
});

test("an agent is given only what suits it", async () => {
  const world = await served();
  const dev = await agent(world);
  const [alien, own] = await add(
    world,
    { title: "for a designer", labels: ["design"] },
    { title: "for dev", agent: "dev" },
  );
  if (alien === undefined || own === undefined) throw new Error("nothing was created");
  expect(await dev.call("claim_task", { task: alien.id })).toMatch(
    /Error \(auth\.refused\).*the labels design/,
  );
  expect(await dev.call("claim_task")).toContain(own.id);
});

test("what cannot be done is failed, given back, or put by for a human", async () => {
  const world = await served();
  const dev = await agent(world);
  const [task] = await add(world, { title: "a", maxAttempts: 2 });
  if (task === undefined) throw new Error("nothing was created");
  const claim = () => dev.call("claim_task", { task: task.id });
  await claim();
  expect(await dev.call("update_task", { give_back: "not mine" })).toContain("back in the queue");
  await claim();
  expect(await dev.call("update_task", { needs_human: "which one?" })).toContain("for a human");
  expect(await stateOf(world, task)).toBe("waiting");
  await world.services.tasks.resume(task.id, "human", world.services.clock.now());
  await claim();
  expect(await dev.call("fail_task", { reason: "it broke" })).toContain("tried again");
  await claim();
  expect(await dev.call("fail_task", { reason: "no way", class: "permanent" })).toContain(
    "failed now",
  );
  expect(await world.services.tasks.get(task.id)).toMatchObject({
    state: "failed",
    error: { class: "permanent", code: "agent_failed", message: "no way" },
  });
});

test("further locks are refused while another holds them, and nothing else is lost by that", async () => {
  const world = await served();
  const [dev, lead] = [await agent(world), await agent(world, "lead")];
  await add(world, { title: "a", locks: [{ glob: "src/**" }] }, { title: "b" });
  await dev.call("claim_task");
  await lead.call("claim_task");
  const said = await lead.call("update_task", { locks: ["src/api.ts"] });
  expect(said).toMatch(/task\.locked.*src\/\*\*.*What to do: /);
  expect(await lead.call("update_task", { locks: ["../out"] })).toContain("task.bad_glob");
  expect(await lead.call("update_task", { locks: ["docs/"] })).toContain("still yours");
});

test("a task that names a check is done only when it passes; until then the agent holds it", async () => {
  const world = await served();
  const dev = await agent(world);
  const proof = path.join(world.folder, "mended");
  const check = `test -e ${proof} || { echo "nothing is mended"; exit 3; }`;
  const [task] = await add(world, { title: "mend it", execution: { check } });
  if (task === undefined) throw new Error("nothing was created");
  expect(await dev.call("claim_task")).toContain("done only when this passes");
  const refused = await dev.call("complete_task", { result: "trust me" });
  expect(refused).toMatch(/state\.conflict.*check failed: nothing is mended.*What to do: mend/);
  expect(await stateOf(world, task)).toBe("running");
  writeFileSync(proof, "");
  expect(await dev.call("complete_task", { result: "mended" })).toContain('"mend it" is done');
  expect(await world.services.tasks.get(task.id)).toMatchObject({
    state: "done",
    evidence: [{ kind: "check", summary: "the check passed, exit code 0" }],
  });
});
