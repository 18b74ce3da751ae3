/** The daemon is killed at every place where tmux, the agent and the database could be left to disagree. */
import { expect, test } from "vitest";
import { DELIVERY_FAILPOINTS, INTERRUPT_FAILPOINTS } from "../../src/core/messages/index.ts";
import type { TerminalFailpoint } from "../../src/core/terminals/index.ts";
import { type Product, product, until } from "../support/product.ts";
import {
  clientOf,
  inboxOf,
  launchScripted,
  type ScriptedAgent,
  startDoomed,
  terminalOf,
  untilSettled,
  untilStatus,
} from "../support/scripted.ts";

/** For a machine that does much else beside. */
const PATIENCE_MS = 120_000;

/** Of a delivery: not typed yet, typed, submitted; an interrupt's passes through all that a plain one does. */
const STAGES = ["delivery.after-claim", "delivery.after-paste", "delivery.after-enter"] as const;

interface Round {
  readonly world: Product;
  readonly dev: ScriptedAgent;
  readonly failpoint: string;
}

/** Sends while nothing can be typed, then lets a daemon begin that dies at the failpoint, and a next one end it. */
async function killedWhileDelivering(
  { world, dev, failpoint }: Round,
  messages: readonly { body: string; mode?: "interrupt" }[],
): Promise<string[]> {
  const paneId = (await terminalOf(world, "dev")).paneId ?? "";
  const before = dev.prompts().length;
  const known = (await inboxOf(world, "dev")).length;
  await world.tmux("copy-mode", "-t", paneId);
  for (const message of messages) await clientOf(world).send({ to: "dev", ...message });
  const { dead } = await startDoomed(world, failpoint);
  await world.tmux("send-keys", "-t", paneId, "-X", "cancel");
  expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
  await world.json("daemon", "start");
  await untilSettled(world, "dev", known + messages.length);
  const settled = (await inboxOf(world, "dev")).slice(known);
  const bad = settled.filter(({ state, receipt }) => state !== "delivered" || receipt === null);
  expect(bad).toEqual([]);
  return dev.prompts().slice(before);
}

/** Worlds side by side, since most of their time is waiting; each takes its share of the failpoints in turn. */
function inWorlds(
  failpoints: readonly string[],
  work: (round: Round) => Promise<void>,
): Promise<unknown> {
  const worlds = Array.from({ length: 3 }, () => product());
  return Promise.all(
    worlds.map(async (world, index) => {
      const dev = await launchScripted(world, "dev");
      for (const failpoint of failpoints.filter((_, at) => at % worlds.length === index)) {
        await work({ world, dev, failpoint });
      }
    }),
  );
}

test(
  "killed anywhere between claim and receipt, three messages arrive once and in order",
  () =>
    inWorlds(DELIVERY_FAILPOINTS, async (round) => {
      const sent = ["one", "two", "three"].map((word) => `${word} of three at ${round.failpoint}`);
      const messages = sent.map((body) => ({ body }));
      expect(await killedWhileDelivering(round, messages)).toEqual(sent);
    }),
  PATIENCE_MS,
);

test(
  "killed anywhere in an interrupt, it arrives once and before what waits",
  () =>
    inWorlds([...INTERRUPT_FAILPOINTS, ...STAGES], async (round) => {
      const { world, dev, failpoint } = round;
      await untilStatus(world, "dev", "idle");
      await clientOf(world).send({ to: "dev", body: `do:slow 600\n${failpoint}` });
      await until(() => dev.prompts().at(-1)?.endsWith(failpoint) === true, "the long work began");
      await untilStatus(world, "dev", "working");
      const [later, now] = [`after that, ${failpoint}`, `stop and look, ${failpoint}`];
      const messages = [{ body: later }, { body: now, mode: "interrupt" } as const];
      expect(await killedWhileDelivering(round, messages)).toEqual([now, later]);
    }),
  PATIENCE_MS,
);

async function killedAt(
  failpoint: TerminalFailpoint,
  world: Product,
  work: () => Promise<unknown>,
) {
  const { dead } = await startDoomed(world, failpoint);
  // Its caller hears of the death too.
  await work().catch(() => undefined);
  expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
  await world.json("daemon", "start");
}

test(
  "killed between a terminal's row and its window, launching again gives one agent and no ghost",
  async () => {
    const world = product();
    await launchScripted(world, "first");
    await killedAt("launch.after-row", world, () => launchScripted(world, "dev"));
    expect((await terminalOf(world, "dev")).status).toBe("lost");
    await launchScripted(world, "dev");
    await killedAt("launch.after-window", world, () => launchScripted(world, "last"));
    await untilStatus(world, "last", "idle");
    const live = await clientOf(world).terminals();
    expect(live.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "first idle",
      "dev idle",
      "last idle",
    ]);
    const panes = await world.tmux("list-panes", "-a", "-F", "#{@conductor_terminal}");
    expect(panes.stdout.trim().split("\n").toSorted()).toEqual(live.map(({ id }) => id).toSorted());
  },
  PATIENCE_MS,
);

test(
  "killed around the end of a turn, it ends once, with its result",
  async () => {
    const world = product();
    await launchScripted(world, "dev");
    for (const failpoint of ["turn.before-end", "turn.after-end"] as const) {
      const body = `do:say done at ${failpoint}`;
      await killedAt(failpoint, world, () => clientOf(world).send({ to: "dev", body }));
      const message = (await inboxOf(world, "dev")).at(-1);
      const { turn } = await clientOf(world).messageResult(message?.id ?? "", 10_000);
      expect(turn).toMatchObject({ state: "completed", result: { text: `done at ${failpoint}` } });
    }
    const events = await world.run("events");
    expect(events.stdout.match(/ turn\.ended /g)).toHaveLength(2);
  },
  PATIENCE_MS,
);

test(
  "killed around a stop, the agent is not left half stopped",
  async () => {
    const world = product();
    await launchScripted(world, "dev");
    const stop = () => clientOf(world).stop("dev", { force: true });
    const panes = async () =>
      (await world.tmux("list-panes", "-a", "-F", "#{@conductor_terminal}")).stdout.trim();
    await killedAt("stop.before-kill", world, stop);
    const dev = await terminalOf(world, "dev");
    expect(dev.status).toBe("idle");
    expect(await panes()).toBe(dev.id);
    await killedAt("stop.after-kill", world, stop);
    expect((await terminalOf(world, "dev")).status).toBe("lost");
    expect(await panes()).toBe("");
  },
  PATIENCE_MS,
);
