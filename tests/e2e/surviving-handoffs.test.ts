/** The daemon is killed between every two writes of a handoff: its sender gets the one result all the same. */
import { expect, test } from "vitest";
import type { HandoffRequest, HandoffView } from "../../src/contract/handoffs.ts";
import { HANDOFF_FAILPOINTS } from "../../src/core/handoffs/index.ts";
import { office, speakAs, untilReleased } from "../support/office.ts";
import { type Product, until } from "../support/product.ts";
import {
  clientOf,
  launchScripted,
  type ScriptedAgent,
  startDoomed,
  terminalOf,
} from "../support/scripted.ts";

/** For a machine that does much else beside. */
const PATIENCE_MS = 180_000;

interface Round {
  readonly world: Product;
  readonly dev: ScriptedAgent;
  readonly failpoint: string;
}

/** Asks as `lead`, by a daemon that dies at the failpoint; the same call then asks the next one again. */
async function askTwice(world: Product, failpoint: string, asked: HandoffRequest) {
  const { dead } = await startDoomed(world, failpoint);
  const lead = await speakAs(world, "lead");
  // Its caller hears of the death, or of nothing.
  const first = lead.handOff(asked).catch(() => undefined);
  expect([failpoint, ...(await dead)]).toEqual([failpoint, null, "SIGKILL"]);
  await first;
  await world.json("daemon", "start");
  const { id } = await lead.handOff(asked);
  const settled = await lead.handoff(id, 60_000);
  await untilReleased(world, id);
  return settled;
}

/** Worlds side by side, since most of their time is waiting; each takes its share in turn. */
async function inWorlds(work: (round: Round) => Promise<void>): Promise<void> {
  const worlds = Array.from({ length: 3 }, () => office("handoffs: { returnSeconds: 0.3 }\n"));
  await Promise.all(
    worlds.map(async (world, index) => {
      await launchScripted(world, "lead");
      const dev = await launchScripted(world, "dev");
      for (const failpoint of HANDOFF_FAILPOINTS.filter((_, at) => at % worlds.length === index))
        await work({ world, dev, failpoint });
    }),
  );
}

test(
  "killed anywhere, a named agent is asked once, and the same call gets its answer",
  () =>
    inWorlds(async ({ world, dev, failpoint }) => {
      // Nothing is launched for an agent that runs.
      if (failpoint === "handoff.after-launch") return;
      const message = `do:say answer at ${failpoint}`;
      const settled = await askTwice(world, failpoint, { to: "dev", message, key: failpoint });
      expect(settled).toMatchObject({ state: "done", result: { text: `answer at ${failpoint}` } });
      expect(dev.prompts().filter((text) => text === message)).toHaveLength(1);
    }),
  PATIENCE_MS,
);

test(
  "killed anywhere, one worker is launched, answers, and is ended",
  () =>
    inWorlds(async ({ world, failpoint }) => {
      const message = `do:say answer at ${failpoint}`;
      const asked = { profile: "worker", message, key: failpoint };
      const settled = await askTwice(world, failpoint, asked);
      expect(settled).toMatchObject({ state: "done", result: { text: `answer at ${failpoint}` } });
      const live = await clientOf(world).terminals();
      expect(live.filter(({ status }) => status !== "lost").map(({ name }) => name)).toEqual([
        "lead",
        "dev",
      ]);
      const panes = await world.tmux("list-panes", "-a", "-F", "#{@conductor_terminal}");
      expect(panes.stdout.trim().split("\n")).toHaveLength(2);
      expect((await terminalOf(world, "worker")).id).toBe(settled.terminalId);
    }),
  PATIENCE_MS,
);

test(
  "killed while its sender waits, and nobody asks again: the result comes as one message",
  async () => {
    const world = office("handoffs: { returnSeconds: 0.3 }\n");
    const lead = await launchScripted(world, "lead");
    await launchScripted(world, "dev");
    const speaker = await speakAs(world, "lead");
    const { id } = await speaker.handOff({ to: "dev", message: "do:slow 1\ndo:say late" });
    const waiting = speaker.handoff(id, 60_000).catch(() => undefined);
    await world.killDaemon();
    await waiting;
    await world.json("daemon", "start");
    await until(() => lead.prompts().length === 1, "the result came");
    expect(lead.prompts()[0]).toContain(id);
    expect(lead.prompts()[0]).toContain("late");
    const after: HandoffView = await speaker.handoff(id);
    expect(after).toMatchObject({ state: "done", returned: "message" });
  },
  PATIENCE_MS,
);
