import { expect, test } from "vitest";
import { type RegisterRequest, registerRequest } from "../../src/contract/agents.ts";
import { route } from "../../src/core/agents/index.ts";
import { type Served, served } from "../support/served.ts";

const by = { actor: "human", now: 1 };
const anyTask = {
  project: null,
  policy: () => ({ effect: "allow", reason: "" }) as const,
};
const register = ({ services }: Served, asked: RegisterRequest) =>
  services.agents.register(registerRequest.parse(asked), by);
const launch = (world: Served, agent: string) =>
  world.services.launcher.launchOne({ agent, cwd: world.folder, env: { PATH: "/usr/bin:/bin" } });

test("an agent has the labels and capabilities of its profile, and what its CLI can do", async () => {
  const world = await served();
  const made = await register(world, {
    name: "fixer",
    profile: "developer",
    provider: "scripted",
    labels: ["test"],
  });
  expect(made).toMatchObject({ name: "fixer", provider: "scripted", activity: "none", running: 0 });
  expect(made.allLabels[0]).toBe("test");
  expect(made.allCapabilities).toContainEqual({ name: "tmux", from: "probe" });
  expect(made.health).toMatchObject({ state: "ok", findings: [{ what: "cli", state: "ok" }] });
});

test("an agent takes the provider of its profile, and none is registered without any", async () => {
  const world = await served();
  expect(await register(world, { name: "one", profile: "worker" })).toMatchObject({
    provider: "scripted",
    profile: "worker",
  });
  await expect(register(world, { name: "two" })).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(register(world, { name: "two", provider: "scriptd" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await world.services.agents.list()).toHaveLength(1);
});

test("an agent whose CLI is not there is ill, says what mends it, and is routed around", async () => {
  const world = await served();
  await register(world, { name: "gem", provider: "gemini" });
  const { health } = await world.services.agents.show("gem");
  expect(health.findings[0]).toMatchObject({
    state: "wrong",
    told: expect.stringContaining("gemini is not on the PATH"),
    fix: "npm install -g @google/gemini-cli",
  });
  const candidates = await world.services.agents.candidates(anyTask);
  const routing = route({ capabilities: [], labels: [] }, candidates);
  expect(routing).toMatchObject({ outcome: "later", table: [{ refused: [{ filter: "health" }] }] });
});

test("what is launched for an agent is its terminal, named after it, with its labels", async () => {
  const world = await served();
  const { id } = await register(world, { name: "fixer", provider: "scripted", labels: ["test"] });
  const first = await launch(world, "fixer");
  const second = await launch(world, id);
  expect([first.launched[0], second.launched[0]]).toMatchObject([
    { name: "fixer", agentId: id, labels: ["test"] },
    { name: "fixer-2", agentId: id },
  ]);
  const { terminals, activity } = await world.services.agents.show("fixer");
  expect(terminals.map(({ name }) => name)).toEqual(["fixer", "fixer-2"]);
  expect(activity).not.toBe("none");
});

test("an agent that has worked in a project knows it", async () => {
  const world = await served();
  await register(world, { name: "fixer", provider: "scripted" });
  await launch(world, "fixer");
  const knows = async (project: string) =>
    (await world.services.agents.candidates({ ...anyTask, project }))[0]?.knowsProject;
  expect(await knows(world.folder)).toBe(true);
  expect(await knows(`${world.folder}/elsewhere`)).toBe(false);
});

test("a launch for an agent that nobody registered fails", async () => {
  const world = await served();
  await expect(launch(world, "ghost")).rejects.toMatchObject({ code: "not_found" });
});
