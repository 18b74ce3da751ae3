/** Registering, labelling and removing agents, as a person types it. */
import { expect, test } from "vitest";
import type { AgentCard, AgentView } from "../../src/contract/agents.ts";
import type { LaunchOutcome } from "../../src/contract/terminals.ts";
import { product } from "../support/product.ts";

test("an agent is registered, labelled, disabled, enabled and removed", async () => {
  const world = product();
  const made = await world.json<AgentView>(
    "ai",
    "register",
    "fixer",
    "--provider",
    "scripted",
    "--label",
    "test",
  );
  expect(made).toMatchObject({ name: "fixer", labels: ["test"], health: { state: "ok" } });
  const again = await world.run("ai", "register", "fixer", "--provider", "scripted");
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("registered already") });
  const start = made.id.slice(0, 14);
  expect(await world.run("ai", "label", start, "docs", "--remove", "test")).toMatchObject({
    code: 0,
    stdout: "fixer: docs\n",
  });
  expect((await world.run("ai", "disable", "fixer")).stdout).toBe("fixer takes no tasks\n");
  const listed = await world.run("ai", "list");
  expect(listed.stdout).toMatch(/^NAME +STATE +NOW +TASKS +PROVIDER +PROFILE +LABELS +HEALTH\n/);
  expect(listed.stdout).toMatch(/^fixer +disabled +- +0\/1 +scripted +- +docs +ok$/m);
  expect((await world.run("ai", "enable", "fixer")).stdout).toBe("fixer takes tasks\n");
  expect((await world.run("ai", "remove", "fixer")).stdout).toBe("removed fixer\n");
  const gone = await world.run("ai", "show", "fixer");
  expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining("conductor ai list") });
  const events = await world.run("events", "--json");
  expect(events.stdout).toContain("agent.labelled");
});

test("a terminal launched for an agent is shown with it, and its card can be read", async () => {
  const world = product();
  await world.json("ai", "register", "fixer", "--provider", "scripted", "--capability", "code");
  const launched = await world.json<LaunchOutcome>("launch", "--agent", "fixer", "--no-panel");
  expect(launched.launched).toMatchObject([{ name: "fixer", provider: "scripted" }]);
  const shown = await world.run("ai", "show", "fixer");
  expect(shown.stdout).toContain("can          code (agent), tmux (probe)");
  expect(shown.stdout).toMatch(/terminal +conductor\/fixer /);
  const card: AgentCard = JSON.parse((await world.run("ai", "show", "fixer", "--card")).stdout);
  expect(card).toMatchObject({ name: "fixer", version: expect.any(String) });
  expect(card.skills.map(({ id }) => id)).toEqual(["code", "tmux", "stream", "ask"]);
});

test("bad words, unknown providers and missing arguments are refused with what to do", async () => {
  const world = product();
  const ran = (...args: string[]) => world.run("ai", ...args);
  expect(await ran("register", "fixer", "--provider", "scriptd")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("did you mean scripted"),
  });
  expect(await ran("register", "fixer")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--provider"),
  });
  expect(await ran("register", "fixer", "--provider", "scripted", "--label", "a b")).toMatchObject({
    code: 2,
  });
  expect(await ran("register", "fixer", "--connector", "carrier-pigeon")).toMatchObject({
    code: 2,
  });
  expect(await ran("label", "ghost", "x")).toMatchObject({ code: 3 });
});
