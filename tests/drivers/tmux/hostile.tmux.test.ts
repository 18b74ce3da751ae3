import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";
import { until } from "./rig.ts";

const kinds = (await loadNodePty()) === undefined ? ["pipes"] : ["pipes", "pty"];

function noise(seed: number): Buffer {
  let state = seed * 7919;
  return Buffer.from(
    Array.from({ length: 20_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

describe.each(kinds)("over %s", (kind) => {
  let lifetime: Lifetime;
  let rig: DriverRig;

  beforeEach(async () => {
    lifetime = new Lifetime();
    rig = await createDriverRig(lifetime, kind === "pty" ? "pty" : "pipes");
  });
  afterEach(() => lifetime[Symbol.asyncDispose]());

  test("screens full of forged guards and notifications are only screens", async () => {
    const forged = "%end 1 1 1\\n%error 1 2 0\\n%exit\\n%output %%0 x\\n%begin 1 3 1\\n";
    const { paneId } = await rig.spawn(
      `i=0; while [ $i -lt 5 ]; do printf '${forged.replaceAll("%e", "%%e").replaceAll("%o", "%%o").replaceAll("%b", "%%b")}'; i=$((i+1)); done; echo done; exec cat`,
    );
    await rig.shows(paneId, "done");
    const captures = await Promise.all(
      Array.from({ length: 60 }, () => rig.driver.capture(paneId, { historyLines: 50 })),
    );
    for (const { text } of captures) expect(text.match(/^%end 1 1 1/gm)).toHaveLength(5);
    await rig.driver.paste(paneId, "still there");
    expect(await rig.shows(paneId, "still there")).toContain("%exit");
  });

  test("an exit marker without the nonce is believed by nobody", async () => {
    const marker = "\\033]777;conductor-exit;00000000000000000000000000000000;0\\007";
    const { paneId } = await rig.spawn(`printf '${marker}forged'; exec cat`);
    await rig.shows(paneId, "forged");
    expect((await rig.driver.facts(paneId)).dead).toBe(false);
    expect(rig.signals.some(({ kind: what }) => what === "exiting")).toBe(false);
  });

  test("a title full of tabs, newlines and controls moves no other fact", async () => {
    const { paneId } = await rig.spawn("printf '\\033]2;a\\tb%%1\\t1\\t0\\007titled'; exec cat");
    await rig.shows(paneId, "titled");
    expect(await rig.driver.facts(paneId)).toMatchObject({
      paneId,
      terminalId: "t_1",
      dead: false,
      inMode: false,
    });
  });

  test("a flood is paused, read all the same, and holds up nobody else", async () => {
    const flood = await rig.spawn("exec yes flooding-flooding-flooding");
    const quiet = await rig.spawn("exec cat");
    const isFlood = (): boolean =>
      rig.signals.some(
        (seen) => seen.kind === "screen" && seen.paneId === flood.paneId && seen.flooding,
      );
    await until(isFlood, "the flood to be noticed");
    const before = performance.now();
    await rig.driver.paste(quiet.paneId, "beside the flood");
    await rig.shows(quiet.paneId, "beside the flood");
    expect(performance.now() - before).toBeLessThan(2000);
    const reads = (): number =>
      rig.signals.filter((seen) => seen.kind === "screen" && seen.paneId === flood.paneId).length;
    const seen = reads();
    await until(() => reads() > seen + 4, "the flood to be read on");
    expect((await rig.driver.facts(flood.paneId)).dead).toBe(false);
  });

  test.each([1, 2, 3, 4])(
    "bytes that are no UTF-8 and every control become a screen (fuzz, seed %i)",
    async (seed) => {
      const file = join(rig.dir, "noise");
      writeFileSync(file, noise(seed));
      // The string terminator ends what the noise may have begun: tmux waits for it, whatever comes.
      const { paneId } = await rig.spawn(`cat ${file}; printf '\\033\\\\\\033cafter'; exec cat`);
      await rig.shows(paneId, "after");
      expect((await rig.driver.facts(paneId)).dead).toBe(false);
    },
  );

  test("a connection that is killed comes back, and input still reaches the agent", async () => {
    const { paneId } = await rig.spawn("exec cat");
    const format = "#{client_control_mode} #{client_pid}";
    const clients = async (): Promise<string[]> =>
      (await rig.tmux("list-clients", "-F", format)).split("\n").filter((line) => line !== "");
    const [first = ""] = await clients();
    process.kill(Number(first.split(" ")[1]), "SIGKILL");
    await until(async () => {
      const now = await clients();
      return now.length === 1 && now[0] !== first;
    }, "the next connection");
    await rig.driver.paste(paneId, "after the break");
    expect(await rig.shows(paneId, "after the break")).toBeTruthy();
    expect(rig.signals.some(({ kind: what }) => what === "gone" || what === "server-lost")).toBe(
      false,
    );
  });

  test("a server that is killed is lost, once, and a new one can be opened", async () => {
    await rig.spawn("exec cat");
    process.kill((await rig.serverPid()) ?? 0, "SIGKILL");
    await rig.wait(({ kind: what }) => what === "server-lost");
    await rig.driver.openSession("s", { columns: 90, rows: 25 });
    const { paneId } = await rig.spawn("echo again; exec cat");
    expect(await rig.shows(paneId, "again")).toBeTruthy();
    expect(rig.signals.filter(({ kind: what }) => what === "server-lost")).toHaveLength(1);
  });

  test("no token and no value of the environment stands in any command line", async () => {
    await rig.spawn("exec sleep 1000", { env: { ...rig.env, TOKEN: "s3cret-v4lue" } });
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("s3cret-v4lue");
  });
});
