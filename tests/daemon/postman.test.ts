import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { Terminals } from "../../src/core/terminals/index.ts";
import { createPostman, type PostmanPorts } from "../../src/daemon/postman.ts";
import { memoryPanes } from "../support/memory-panes.ts";
import { addTerminal, testStores } from "../support/stores.ts";

async function postOffice(deliverNext: PostmanPorts["deliverNext"]) {
  const stores = testStores();
  const { clock, messages, journal } = stores;
  const record = await addTerminal(stores);
  const terminals = new Terminals({
    driver: memoryPanes(() => clock.now()),
    store: stores.terminals,
    clock,
    log: silentLog,
    reader: () => {
      throw new Error("nobody looks");
    },
    observed: () => undefined,
    ended: () => undefined,
    size: { columns: 80, rows: 24 },
    logPath: (id) => `/tmp/${id}.log`,
    leave: () => ({ interrupt: [], exitText: undefined, exitKeys: [] }),
    endProcess: () => undefined,
  });
  await terminals.adopt();
  const ports = { messages, journal, clock, log: silentLog, ttlMs: 60_000, deliverNext };
  const postman = createPostman({ ...ports, terminals: () => terminals });
  onTestFinished(() => {
    postman[Symbol.dispose]();
    terminals.close();
  });
  return { postman, clock, dev: terminals.byId(record.id), messages };
}

test("a delivery that broke off is tried again, though nothing on the screen changes", async () => {
  const tries: number[] = [];
  const { postman, dev, clock } = await postOffice(async () => {
    tries.push(clock.now());
    if (tries.length < 3) throw new Error("the disk is full");
    return "nothing";
  });
  if (dev === undefined) throw new Error("no terminal");
  postman.kick(dev);
  await clock.advance(10_000);
  expect(tries).toHaveLength(3);
});

test("a kick during a delivery is not lost, and deliveries to one terminal never overlap", async () => {
  let running = 0;
  let tries = 0;
  const { postman, dev, clock } = await postOffice(async () => {
    running += 1;
    tries += 1;
    expect(running).toBe(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.after(100, resolve);
    await promise;
    running -= 1;
    return "nothing";
  });
  if (dev === undefined) throw new Error("no terminal");
  for (let at = 0; at < 5; at += 1) {
    postman.kick(dev);
    await clock.advance(50);
  }
  await clock.advance(1_000);
  expect(tries).toBe(4);
});

test("a text of which nothing can be typed is refused", async () => {
  const { postman, messages } = await postOffice(async () => "nothing");
  const body = "\u0007\u001b[31m \n";
  await expect(postman.send({ to: "dev", body }, "human")).rejects.toMatchObject({
    code: "usage.invalid",
  });
  expect(await messages.list({})).toEqual([]);
});
