import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";
import { until } from "./rig.ts";

const kinds = (await loadNodePty()) === undefined ? ["pipes"] : ["pipes", "pty"];

describe.each(kinds)("over %s", (kind) => {
  let lifetime: Lifetime;
  let rig: DriverRig;

  beforeEach(async () => {
    lifetime = new Lifetime();
    rig = await createDriverRig(lifetime, kind === "pty" ? "pty" : "pipes");
  });
  afterEach(() => lifetime[Symbol.asyncDispose]());

  test("agents that end at once leave their exit codes, many at a time", async () => {
    const panes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => rig.spawn(`exit ${index}`)),
    );
    const codes = await Promise.all(panes.map(({ paneId }) => rig.death(paneId)));
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("panes killed with their shells have an exit code too", async () => {
    const codes = [1, 2, 3, 4].map(async () => {
      const { paneId, pid } = await rig.spawn("exec sleep 1000");
      process.kill(pid, "SIGKILL");
      return rig.death(paneId);
    });
    expect(await Promise.all(codes)).toEqual([137, 137, 137, 137]);
  });

  test("a busy agent goes on being heard by the next driver", async () => {
    const { paneId } = await rig.spawn("while :; do echo tick $((n = n + 1)); sleep 0.01; done");
    await rig.shows(paneId, "tick");
    await rig.driver.close();
    const next = await rig.again();
    const before = rig.signals.length;
    await next.adopt();
    const screens = (): number =>
      rig.signals.slice(before).filter((seen) => seen.kind === "screen").length;
    await until(() => screens() > 4, "screens after the restart");
    expect(await rig.tmux("display-message", "-p", "-t", paneId, "#{pane_dead}")).toBe("0");
  });
});
