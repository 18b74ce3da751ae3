/** Terminals whose agent is driven without a pane. */
import { expect, test } from "vitest";
import type { PanelessDriver } from "../../../src/core/terminals/index.ts";
import { testStores } from "../../support/stores.ts";
import { bench, spec } from "./bench.ts";

function panelessBench(stores = testStores()) {
  const asked: string[] = [];
  const note = (verb: string) => (terminal: { readonly record: { readonly name: string } }) =>
    void asked.push(`${verb} ${terminal.record.name}`);
  const paneless: PanelessDriver = {
    open: (terminal, env) => void asked.push(`open ${terminal.record.name} ${JSON.stringify(env)}`),
    adopt: async (terminal) => note("adopt")(terminal),
    interrupt: note("interrupt"),
    end: async (terminal) => note("end")(terminal),
  };
  return { asked, ...bench(stores, 0, false, { paneless }) };
}

const headless = (name: string) => ({ ...spec(name), connector: "headless" }) as const;

test("an agent without a pane is idle at once, gets its caller's environment and no pane", async () => {
  const { asked, driver, terminals } = panelessBench();
  const dev = await terminals.launch({ ...headless("dev"), env: { LANG: "C" } }, "human");
  const bare = await terminals.launch(headless("bare"), "human");
  expect(asked).toEqual(['open dev {"LANG":"C"}', "open bare {}"]);
  expect(dev.status).toMatchObject({ status: "idle", composer: "empty", decidedBy: "process" });
  expect(bare.record.paneId).toBeNull();
  expect(driver.spawned).toEqual([]);
});

test("an agent without a pane is interrupted and ended by what drives it", async () => {
  const { asked, driver, terminals, clock } = panelessBench();
  const dev = await terminals.launch(headless("dev"), "human");
  await dev.onSignal({ kind: "process", at: clock.now(), status: "working" });
  expect(dev.status).toMatchObject({ status: "working", composer: "unknown" });
  await terminals.interrupt(dev);
  expect(await terminals.stop(dev, { actor: "human", force: false })).toBe("left");
  expect(asked.slice(1)).toEqual(["interrupt dev", "end dev"]);
  expect(dev.record.status).toBe("exited");
  expect([driver.pressed, driver.killed]).toEqual([[], []]);
});

test("what has no pane cannot be typed into, and is renamed without one", async () => {
  const { driver, terminals } = panelessBench();
  const dev = await terminals.launch(headless("dev"), "human");
  await expect(terminals.type(dev, { text: "hello" }, "human")).rejects.toMatchObject({
    code: "pane.gone",
  });
  const renamed: string[] = [];
  driver.rename = async (_pane, name) => void renamed.push(name);
  await terminals.rename(dev, "fixer", "human");
  expect(terminals.find("fixer")).toBe(dev);
  expect(renamed).toEqual([]);
});

test("a tmux server or session that ends takes no agent along that has no pane", async () => {
  const { driver, terminals } = panelessBench();
  const dev = await terminals.launch(headless("dev"), "human");
  driver.emit({ kind: "session-ended", session: "shop" });
  driver.emit({ kind: "server-lost" });
  await dev.settled();
  expect(dev.status.status).toBe("idle");
});

test("after a restart the agents without a pane that live are gone on with, and the ended are not", async () => {
  const first = panelessBench();
  await first.terminals.launch(headless("dev"), "human");
  const gone = await first.terminals.launch(headless("gone"), "human");
  await first.terminals.stop(gone, { actor: "human", force: true });
  first.terminals.close();
  const second = panelessBench(first.stores);
  await second.terminals.adopt();
  expect(second.asked).toEqual(["adopt dev"]);
});

test("an agent without a pane whose command is held waits, and works again once it is let go", async () => {
  const { terminals, clock } = panelessBench();
  const dev = await terminals.launch(headless("dev"), "human");
  await dev.onSignal({ kind: "process", at: clock.now(), status: "working" });
  const release = dev.hold("approval #1");
  await dev.settled();
  expect(dev.status).toMatchObject({ status: "waiting", decidedBy: "gate" });
  release();
  release();
  await dev.settled();
  expect(dev.status).toMatchObject({ status: "working", decidedBy: "process" });
});
