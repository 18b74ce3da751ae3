import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { parseProvider } from "../../src/core/providers/index.ts";
import { createCatalog } from "../../src/daemon/catalog.ts";
import { createDeliverer } from "../../src/daemon/deliverer.ts";
import { bench, spec } from "../core/terminals/bench.ts";
import { settle } from "../support/fake-clock.ts";

const provider = parseProvider(
  "{ name: scripted, displayName: Scripted, verified: false, command: fake, foreground: [fake], submit: { guard: '' }, exit: { text: exit } }",
  "scripted.yaml",
);
const catalog = createCatalog({
  providers: () => new Map([["scripted", provider]]),
  profiles: () => new Map(),
  errors: () => [],
});

/** An idle agent with a message in its inbox. */
async function waiting() {
  const { driver, stores, terminals, clock } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "idle" });
  await dev.settled();
  const { messages } = stores;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const deliverer = createDeliverer({
    driver,
    catalog,
    messages,
    clock,
    log: silentLog,
    signal: stop.signal,
    longTexts: { write: async () => "/dev/null" },
    failpoint: undefined,
    speaks: () => false,
    pausedUntil: () => undefined,
  });
  const sent = {
    from: "human",
    to: dev.record.id,
    body: "hello",
    mode: "when-idle",
    expiresAt: null,
    dedupeKey: null,
  } as const;
  const { message } = await messages.enqueue(sent, clock.now());
  return { driver, dev, deliverer, messages, id: message.id, stop };
}

test.each([
  ["is being interrupted", "markStopping"],
  ["is asked to leave", "markLeaving"],
] as const)("a delivery waits while its agent %s, and is made after that", async (_claim, mark) => {
  const { driver, dev, deliverer, messages, id, stop } = await waiting();
  dev[mark](true);
  expect(await deliverer.deliverNext(dev)).toBe("waits");
  expect(driver.pasted).toEqual([]);
  expect(await messages.get(id)).toMatchObject({ state: "queued", attempts: [] });
  dev[mark](false);
  const delivering = deliverer.deliverNext(dev);
  await settle();
  expect(driver.pasted).toEqual([{ paneId: "%1", text: "hello" }]);
  stop.abort();
  expect(await delivering).toBe("waits");
});
