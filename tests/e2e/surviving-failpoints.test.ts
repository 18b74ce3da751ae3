import { once } from "node:events";
import { expect, test } from "vitest";
import { FAILPOINTS, type Failpoint } from "../../src/core/messages/index.ts";
import { type Product, product } from "../support/product.ts";
import {
  clientOf,
  inboxOf,
  launchScripted,
  terminalOf,
  untilServing,
  untilSettled,
} from "../support/scripted.ts";

/** Ends the daemon that runs, and starts one that dies where it is told to; resolves when it serves. */
async function startDoomed(
  world: Product,
  point: Failpoint,
): Promise<{ dead: Promise<unknown[]> }> {
  await world.killDaemon();
  const doomed = world.start(["daemon", "run"], { CONDUCTOR_FAILPOINT: point });
  const dead = once(doomed, "exit");
  await untilServing(world);
  return { dead };
}

test.each(FAILPOINTS)("killed at %s, three messages arrive once, in order", async (point) => {
  const world = product();
  const dev = await launchScripted(world, "dev");
  const { paneId } = await terminalOf(world, "dev");
  await world.tmux("copy-mode", "-t", paneId ?? "");
  const sent = ["the first of three", "the second of three", "the third of three"];
  for (const text of sent) await clientOf(world).send({ to: "dev", body: text });
  const { dead } = await startDoomed(world, point);
  await world.tmux("send-keys", "-t", paneId ?? "", "-X", "cancel");
  expect(await dead).toEqual([null, "SIGKILL"]);

  await world.json("daemon", "start");
  await untilSettled(world, "dev", 3);
  expect(dev.prompts()).toEqual(sent);
  const messages = await inboxOf(world, "dev");
  expect(messages.map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
  expect(messages.every(({ receipt }) => receipt !== null)).toBe(true);
});
