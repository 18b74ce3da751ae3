/** The side pane as `launch` opens it: real dialogs, real keys, effects on disk. */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Product, product, until } from "../support/product.ts";
import { clientOf, untilServing, untilStatus } from "../support/scripted.ts";

interface Pane {
  readonly id: string;
  text(): Promise<string>;
  press(...keys: string[]): Promise<void>;
  shows(text: string): Promise<void>;
}

async function openTeam(world: Product): Promise<Pane> {
  const team = path.join(world.folder, "team.yaml");
  const agents = ["lead", "dev"].map((name) => `  - { name: ${name}, provider: scripted }\n`);
  writeFileSync(team, `session: shop\nagents:\n${agents.join("")}`);
  await world.json("launch", team);
  for (const name of ["lead", "dev"]) await untilStatus(world, name, "idle");
  return panelOf(world);
}

async function panelOf(world: Product): Promise<Pane> {
  const format = "#{@conductor_panel}:#{pane_id}";
  const { stdout } = await world.tmux("list-panes", "-a", "-F", format);
  const [id, ...more] = stdout
    .split("\n")
    .filter((line) => line.startsWith("1:"))
    .map((line) => line.slice(2));
  if (id === undefined || more.length > 0) throw new Error(`not one side pane: ${stdout}`);
  const text = async (): Promise<string> =>
    (await world.tmux("capture-pane", "-p", "-t", id)).stdout;
  return {
    id,
    text,
    press: async (...keys) => void (await world.tmux("send-keys", "-t", id, ...keys)),
    shows: async (words) => {
      await until(async () => (await text()).includes(words), `the pane shows ${words}`);
    },
  };
}

/** The keys are paused for a moment after the list moved; the footer says when they are back. */
const READY = "a approve";

test("a approves and d denies with a reason, each with its effect on disk, and the daemon's death is told", async () => {
  const world = product();
  const pane = await openTeam(world);
  await pane.shows("○ lead");
  const files = ["yes", "no"].map((name) => path.join(world.folder, name));
  await clientOf(world).send({ to: "lead", body: "do:run touch yes" });
  await pane.shows("touch yes");
  await clientOf(world).send({ to: "dev", body: "do:run touch no" });
  await pane.shows("2 approvals wait");
  await pane.shows(READY);
  await pane.press("a");
  await until(() => existsSync(files[0] ?? ""), "the approved command ran");
  await pane.shows("1 approval waits");
  await pane.shows(READY);
  await pane.press("d");
  await pane.shows("reason:");
  await pane.press("-l", "not on Friday");
  await pane.press("Enter");
  await pane.shows("nothing waits");
  const settled = await clientOf(world).approvals({ all: true });
  expect(settled.map(({ terminalName, state, reason }) => [terminalName, state, reason])).toEqual(
    expect.arrayContaining([
      ["lead", "consumed", null],
      ["dev", "denied", "not on Friday"],
    ]),
  );
  await untilStatus(world, "dev", "idle");
  expect(files.map(existsSync)).toEqual([true, false]);

  await world.killDaemon();
  await pane.shows("no daemon");
  await world.run("ls");
  await untilServing(world);
  await pane.shows("connected again");
  await pane.press("q");
  await until(
    async () =>
      !(await world.tmux("list-panes", "-a", "-F", "#{pane_id}")).stdout
        .split("\n")
        .includes(pane.id),
    "its pane is gone",
  );
});

test("a launch that finds its side pane open opens no second one", async () => {
  const world = product();
  const first = await openTeam(world);
  const again = await openTeam(world);
  expect(again.id).toBe(first.id);
});

test("the side pane goes on beside another agent when its own leaves, and ends with the session", async () => {
  const world = product();
  const pane = await openTeam(world);
  const neighbours = async (): Promise<string> =>
    (
      await world.tmux("display-message", "-p", "-t", pane.id, "#{window_panes} #{window_name}")
    ).stdout.trim();
  expect(await neighbours()).toBe("2 lead");
  expect(await world.run("restart", "lead")).toMatchObject({ code: 0 });
  expect(await neighbours()).toBe("2 dev");
  await world.run("stop", "dev");
  expect(await neighbours()).toBe("2 lead");
  await world.run("stop", "lead");
  expect(await neighbours()).toBe("1 approvals");
  await world.run("shutdown");
  expect(await world.tmux("list-sessions")).toMatchObject({ code: 1 });
});
