import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import type { PaneSignal } from "../../../src/core/terminals/index.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";

let lifetime: Lifetime;
let rig: DriverRig;

beforeEach(async () => {
  lifetime = new Lifetime();
  rig = await createDriverRig(lifetime, "pipes");
});
afterEach(() => lifetime[Symbol.asyncDispose]());

/** Gives the pane a title from outside; resolves when the driver tells of it, in its next round of a second. */
async function titled(paneId: string, title: string): Promise<PaneSignal> {
  await rig.tmux("select-pane", "-t", paneId, "-T", title);
  return rig.wait(
    (seen) => seen.kind === "facts" && seen.facts.paneId === paneId && seen.facts.title === title,
  );
}

test("a title that changes without a word on the screen is told", async () => {
  const { paneId } = await rig.spawn("exec sleep 1000");
  expect(await titled(paneId, "one")).toMatchObject({ facts: { dead: false } });
  expect(await titled(paneId, "two")).toMatchObject({ facts: { dead: false } });
});

test("a session that ends while its connection hangs takes no other session's agents with it", async () => {
  const { paneId } = await rig.spawn("exec sleep 1000");
  await rig.driver.openSession("other", { columns: 100, rows: 30 });
  await rig.spawn("exec sleep 1000", { session: "other" });
  const pid = Number(await rig.tmux("list-clients", "-t", "=other", "-F", "#{client_pid}"));
  process.kill(pid, "SIGSTOP");
  try {
    await rig.tmux("kill-session", "-t", "=other");
    // Three rounds: tmux looked at what our hanging client wants at least once.
    for (const title of ["one", "two", "three"]) await titled(paneId, title);
    expect(await rig.tmux("display-message", "-p", "-t", paneId, "#{pane_dead}")).toBe("0");
  } finally {
    process.kill(pid, "SIGCONT");
  }
});
