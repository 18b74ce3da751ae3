import { expect, test } from "vitest";
import { product, until } from "../support/product.ts";
import {
  clientOf,
  inboxOf,
  launchScripted,
  untilServing,
  untilSettled,
} from "../support/scripted.ts";
import { seeded } from "../support/seeded.ts";

const MESSAGES = 30;
const KILLS = 10;

test("thirty messages through a daemon that is killed again and again arrive once and in order", async () => {
  const seed = Number(process.env["SEED"] ?? 20_260_101);
  const random = seeded(seed);
  const world = product();
  const dev = await launchScripted(world, "dev");
  const sent = Array.from(
    { length: MESSAGES },
    (_, at) => `message number ${at + 1} of seed ${seed}`,
  );

  const sending = (async () => {
    for (const [at, body] of sent.entries()) {
      // The caller does not know what became of a call that broke off; the key makes it safe to repeat.
      const ask = () => clientOf(world).send({ to: "dev", body, dedupeKey: `key ${at}` });
      await until(
        () =>
          ask().then(
            () => true,
            () => false,
          ),
        `message ${at + 1} is sent`,
      );
    }
  })();
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, random() * 500));
    await world.killDaemon();
    world.start(["daemon", "run"]);
    await untilServing(world);
  }
  await sending;
  await untilSettled(world, "dev", MESSAGES);
  const inbox = await inboxOf(world, "dev");
  expect(inbox.map(({ body }) => body)).toEqual(sent);
  // A text that a daemon may or may not have typed is never typed again: uncertain, and its sender knows.
  const uncertain = inbox.filter(({ state }) => state !== "delivered");
  expect(uncertain.filter(({ reason }) => reason?.startsWith("uncertain: ") !== true)).toEqual([]);
  expect(uncertain.length).toBeLessThanOrEqual(1);
  const prompts = dev.prompts();
  const isCertain = (body: string): boolean => uncertain.every((message) => message.body !== body);
  expect(prompts.filter(isCertain)).toEqual(sent.filter(isCertain));
  expect(new Set(prompts).size).toBe(prompts.length);
}, 90_000);
