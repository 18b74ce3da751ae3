import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { parseProvider } from "../../src/core/providers/index.ts";
import { createCatalog } from "../../src/daemon/catalog.ts";
import { createPostman, type PostmanPorts } from "../../src/daemon/postman.ts";
import { addTerminal, testStores } from "../support/stores.ts";
import { testTerminals } from "../support/terminals.ts";

function office(deliverNext: PostmanPorts["deliverNext"]) {
  const stores = testStores();
  const { clock, messages, journal } = stores;
  const { driver, terminals } = testTerminals(stores);
  const shell = parseProvider(
    "{ name: shell, displayName: Shell, verified: false, command: sh, foreground: [sh], submit: { guard: '' }, exit: { text: exit } }",
    "shell.yaml",
  );
  const catalog = createCatalog({
    providers: () => new Map([["shell", shell]]),
    profiles: () => new Map(),
    errors: () => [],
  });
  const log = silentLog;
  const pausedUntil = () => undefined;
  const ports = { messages, journal, clock, log, catalog, ttlMs: 60_000, pausedUntil, deliverNext };
  const postman = createPostman({ ...ports, terminals: () => terminals });
  onTestFinished(() => postman[Symbol.dispose]());
  return { stores, driver, terminals, postman, clock, messages };
}

async function postOffice(deliverNext: PostmanPorts["deliverNext"]) {
  const { stores, terminals, postman, clock, messages } = office(deliverNext);
  const record = await addTerminal(stores);
  await terminals.adopt();
  return { postman, clock, dev: terminals.byId(record.id), messages };
}

/** Two sessions with a `dev` each; `lead` and `mate` are of the first. */
async function twoTeams() {
  const { stores, driver, terminals, postman, messages } = office(async () => "nothing");
  const added = async (session: string, name: string, provider = "scripted") => {
    const record = await addTerminal(stores, { session, name, provider });
    const pane = { cwd: "/", env: {}, argv: ["sh"], logPath: "/dev/null" };
    await driver.spawn({ ...pane, session, name, terminalId: record.id });
    return record;
  };
  const lead = await added("shop", "lead");
  const mate = await added("shop", "dev");
  await added("cart", "dev");
  await added("shop", "sh", "shell");
  await terminals.adopt();
  return { postman, messages, lead, mate };
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

test("a text of which nothing can be typed is refused, and one that is too long", async () => {
  const { postman, messages } = await postOffice(async () => "nothing");
  const body = "\u0007\u001b[31m \n";
  await expect(postman.send({ to: "dev", body }, "human")).rejects.toMatchObject({
    code: "usage.invalid",
  });
  const long = "x".repeat(16 * 1024 * 1024 + 1);
  await expect(postman.send({ to: "dev", body: long }, "human")).rejects.toMatchObject({
    code: "message.too_large",
  });
  expect(await messages.list({})).toEqual([]);
});

test("an agent that names another means the one of its own session", async () => {
  const { postman, messages, lead, mate } = await twoTeams();
  const [own] = await postman.send({ to: "dev", body: "hello" }, `agent:${lead.id}`);
  expect(own?.to).toBe(mate.id);
  await expect(postman.send({ to: "dev", body: "hello" }, "human")).rejects.toMatchObject({
    code: "name.ambiguous",
  });
  const [theirs] = await postman.send({ to: "cart/dev", body: "hello" }, `agent:${lead.id}`);
  expect(theirs?.to).not.toBe(mate.id);
  expect(await messages.list({ to: mate.id })).toHaveLength(1);
});

test("what an agent wants typed into a shell is refused, since it would run unjudged", async () => {
  const { postman, messages, lead } = await twoTeams();
  const agent = `agent:${lead.id}`;
  await expect(postman.send({ to: "sh", body: "rm -rf ~" }, agent)).rejects.toMatchObject({
    code: "auth.refused",
  });
  const sent = await postman.send({ all: true, body: "hello" }, agent);
  expect(sent.map(({ toName }) => toName)).toEqual(["dev", "dev"]);
  await postman.send({ to: "sh", body: "ls" }, "human");
  expect((await messages.list({})).filter(({ toName }) => toName === "sh")).toHaveLength(1);
});
