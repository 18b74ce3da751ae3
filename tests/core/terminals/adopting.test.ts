/** What tmux still has, or lost, of the terminals that are known. */
import { expect, test } from "vitest";
import { settle } from "../../support/fake-clock.ts";
import { bench, spec } from "./bench.ts";

test("a pane that tmux gave another id and process is found again under that", async () => {
  const first = bench();
  const dev = await first.terminals.launch(spec("dev"), "human");
  first.terminals.close();
  const second = bench(first.stores);
  const now = { ...(await first.driver.facts("%1")), paneId: "%7", pid: 77 };
  second.driver.adopt = async () => [now];
  second.driver.capture = async () => ({ ...(await first.driver.capture("%1")), text: "idle" });
  await second.terminals.adopt();
  expect(second.terminals.find("dev").record).toMatchObject({ paneId: "%7", pid: 77 });
  expect(second.terminals.find(dev.record.id).status.status).toBe("idle");
});

test("the pane that an ended terminal left behind is not its any more", async () => {
  const first = bench();
  const dev = await first.terminals.launch(spec("dev"), "human");
  first.driver.show("%1", { text: "", dead: true, exitCode: 0 });
  await dev.settled();
  first.terminals.close();
  const second = bench(first.stores);
  second.driver.adopt = () => first.driver.adopt();
  await second.terminals.adopt();
  second.driver.emit({ kind: "gone", paneId: "%1" });
  await settle();
  expect(second.terminals.find("dev").record).toMatchObject({ status: "exited", exitCode: 0 });
  expect(second.looks).toEqual([]);
});

test("a session that ends takes its own terminals along, and no other's", async () => {
  const { driver, terminals, ends } = bench();
  await terminals.launch(spec("dev"), "human");
  const other = await terminals.launch({ ...spec("other"), session: "lab" }, "human");
  driver.emit({ kind: "session-ended", session: "shop" });
  driver.emit({ kind: "server-lost" });
  await settle();
  await other.settled();
  expect(ends).toEqual([
    ["dev", "its session ended", true],
    ["other", "the tmux server is gone", true],
  ]);
});

test("an agent that ended by a signal says so, and is launched again where it was", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "", dead: true });
  await dev.settled();
  expect(dev.record).toMatchObject({ exitCode: null, reason: "the process ended with a signal" });
  const again = await terminals.restart(dev, spec("dev"), "human");
  expect(again.record).toMatchObject({ id: dev.record.id, status: "starting", paneId: "%2" });
  expect(driver.killed).toEqual([]);
});

test("a shell in front of a live pane is no end of its agent", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "shell" });
  await dev.settled();
  expect(dev.status.status).toBe("starting");
  driver.show("%1", { text: "idle" });
  driver.show("%1", { text: "shell" });
  await dev.settled();
  expect(dev.status).toMatchObject({ status: "unknown", decidedBy: "none" });
});

test("the session that a CLI names is kept for its next launch", async () => {
  const { stores, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  await dev.knowSession("s1");
  const kept = dev.record;
  await dev.knowSession("s1");
  expect(dev.record).toBe(kept);
  expect((await stores.terminals.get(dev.record.id))?.launch.agentSession).toBe("s1");
});

test("a command held when its agent ends leaves it ended once it is let go", async () => {
  const { driver, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  const release = dev.hold("approval #1");
  driver.show("%1", { text: "", dead: true, exitCode: 1 });
  await dev.settled();
  release();
  await dev.settled();
  expect(dev.record).toMatchObject({ status: "exited", exitCode: 1 });
});
