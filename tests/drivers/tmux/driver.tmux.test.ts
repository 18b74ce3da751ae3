import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
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

  test("the driver names its channel and tmux", async () => {
    expect(rig.driver.channel).toBe(kind);
    expect(await rig.tmux("-V")).toBe(`tmux ${rig.driver.tmuxVersion}`);
  });

  test("an agent's screen is told of without being asked for", async () => {
    const pane = await rig.spawn("echo hello from the agent; exec cat");
    expect(await rig.shows(pane.paneId, "hello from the agent")).toContain("hello");
    expect(pane).toMatchObject({ session: "s", terminalId: "t_1", dead: false, command: "sh" });
  });

  test("an agent gets its environment and folder, and the values stand nowhere", async () => {
    const value = 'it\'s "secret" $HOME `id`\nsecond line';
    const pane = await rig.spawn('printf "<%s>" "$SECRET"; pwd; echo "[$TMUX]"; exec cat', {
      env: { ...rig.env, SECRET: value, TMUX: "/tmp/x,1,0", "bad-name": "x" },
      cwd: join(rig.dir, "logs", ".."),
    });
    const screen = await rig.shows(pane.paneId, "[]");
    expect(screen).toContain('<it\'s "secret" $HOME `id`');
    expect(screen).toContain("second line>");
    expect(readdirSync(join(rig.dir, "run"))).toEqual([]);
    expect(readFileSync(`/proc/${pane.pid}/cmdline`, "utf8")).not.toContain("secret");
  });

  test("a large environment and a long prompt reach the agent", async () => {
    const big = "x".repeat(90_000);
    const pane = await rig.spawn("", {
      argv: ["sh", "-c", 'echo "${#BIG} ${#1}"; exec cat', "agent", "y".repeat(60_000)],
      env: { ...rig.env, BIG: big },
    });
    expect(await rig.shows(pane.paneId, "90000 60000")).toBeTruthy();
  });

  test("the log holds what the agent wrote, and only its owner can read it", async () => {
    const pane = await rig.spawn("echo first line; exec cat");
    await rig.shows(pane.paneId, "first line");
    const path = join(rig.dir, "logs", "t_1.log");
    await until(() => readFileSync(path, "utf8").includes("first line"), "the log");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a log path full of quotes and formats is only a path", async () => {
    const path = join(rig.dir, "lo'gs #{pane_id} %d $(x)", "a b.log");
    const pane = await rig.spawn("echo first line; exec cat", { logPath: path });
    await rig.shows(pane.paneId, "first line");
    await until(() => readFileSync(path, "utf8").includes("first line"), "the log");
    expect(readdirSync(rig.dir)).toContain("lo'gs #{pane_id} %d $(x)");
  });

  test("a hostile window name stays a name", async () => {
    const name = "#{pane_id} ; kill-server %d $x 'é'";
    const pane = await rig.spawn("exec cat", { name });
    expect(await rig.tmux("display-message", "-p", "-t", pane.paneId, "#{window_name}")).toBe(name);
    await rig.driver.rename(pane.paneId, "#(touch x) two");
    const renamed = await rig.tmux("display-message", "-p", "-t", pane.paneId, "#{window_name}");
    expect(renamed).toBe("#(touch x) two");
  });

  test("text, keys and facts reach the pane", async () => {
    const pane = await rig.spawn("exec cat");
    await rig.driver.paste(pane.paneId, "typed by conductor");
    await rig.driver.keys(pane.paneId, ["Enter"]);
    expect(await rig.shows(pane.paneId, "typed by conductor\ntyped by conductor")).toBeTruthy();
    expect(await rig.driver.facts(pane.paneId)).toMatchObject({ dead: false, inMode: false });
    const screen = await rig.driver.capture(pane.paneId, { historyLines: 100 });
    expect(screen.text).toContain("typed by conductor");
  });

  test("the end of an agent is a hint at once and a fact soon after", async () => {
    const pane = await rig.spawn("read line; exit 7");
    await rig.driver.keys(pane.paneId, ["Enter"]);
    const hint = await rig.wait((seen) => seen.kind === "exiting");
    expect(hint).toEqual({ kind: "exiting", paneId: pane.paneId, exitCode: 7 });
    expect(await rig.death(pane.paneId)).toBe(7);
  });

  test("an agent killed by a signal and a missing binary have exit codes", async () => {
    const killed = await rig.spawn("kill -9 $$");
    const missing = await rig.spawn("", { argv: ["no-such-agent-cli"] });
    expect(await rig.death(killed.paneId)).toBe(137);
    expect(await rig.death(missing.paneId)).toBe(127);
  });

  test("when the wrapper's shell is killed the subscription still tells", async () => {
    const pane = await rig.spawn("exec sleep 1000");
    process.kill(pane.pid, "SIGKILL");
    expect(await rig.death(pane.paneId)).toBe(137);
    expect(rig.signals.some((signal) => signal.kind === "exiting")).toBe(false);
  });

  test("a killed pane is gone, once", async () => {
    const pane = await rig.spawn("exec cat");
    await rig.spawn("exec cat");
    await rig.driver.kill(pane.paneId);
    await expect(rig.driver.capture(pane.paneId)).rejects.toMatchObject({ code: "pane.gone" });
    await rig.driver.kill("%99").catch(() => undefined);
    expect(rig.signals.filter((signal) => signal.kind === "gone")).toEqual([
      { kind: "gone", paneId: pane.paneId },
    ]);
  });

  test("a window that a person closes is gone too", async () => {
    const pane = await rig.spawn("exec cat");
    await rig.spawn("exec cat");
    await rig.tmux("kill-window", "-t", pane.paneId);
    const gone = await rig.wait((seen) => seen.kind === "gone");
    expect(gone).toEqual({ kind: "gone", paneId: pane.paneId });
  });

  test("a second session beside the first harms no agent", async () => {
    const pane = await rig.spawn("exec cat");
    await rig.driver.openSession("other", { columns: 90, rows: 20 });
    const second = await rig.spawn("exec cat", { session: "other" });
    const size = "#{window_width}x#{window_height}";
    expect(await rig.tmux("display-message", "-p", "-t", pane.paneId, size)).toBe("100x30");
    expect(await rig.tmux("display-message", "-p", "-t", second.paneId, size)).toBe("90x20");
  });

  test("a session that has just ended with its last window is opened again", async () => {
    for (let round = 0; round < 5; round += 1) {
      const pane = await rig.spawn("exec cat");
      await rig.driver.kill(pane.paneId);
      await rig.driver.openSession("s", { columns: 100, rows: 30 });
    }
    const pane = await rig.spawn("exec cat");
    await expect(rig.driver.facts(pane.paneId)).resolves.toMatchObject({ dead: false });
  });

  test("ending a session that has just ended is done at once, whoever else runs", async () => {
    await rig.spawn("exec cat");
    await rig.driver.openSession("other", { columns: 90, rows: 20 });
    const pane = await rig.spawn("exec cat", { session: "other" });
    await rig.driver.kill(pane.paneId);
    await rig.driver.endSession("other");
    await rig.driver.endSession("other");
    expect(await rig.tmux("list-sessions", "-F", "#{session_name}")).toBe("s");
  });

  test("ending every pane of a session at once harms no other session", async () => {
    const kept = await rig.spawn("exec cat");
    await rig.driver.openSession("other", { columns: 90, rows: 20 });
    const spawned = await Promise.all(
      Array.from({ length: 6 }, () => rig.spawn("exec cat", { session: "other" })),
    );
    await Promise.all(spawned.map(({ paneId }) => rig.driver.kill(paneId)));
    await rig.driver.endSession("other");
    await expect(rig.driver.facts(kept.paneId)).resolves.toMatchObject({ dead: false });
  });

  test("the placeholder goes when an agent is there", async () => {
    const pane = await rig.spawn("exec cat");
    const panes = async (): Promise<string> => rig.tmux("list-panes", "-a", "-F", "#{pane_id}");
    await until(async () => (await panes()) === pane.paneId, "the placeholder to go");
    expect(await panes()).toBe(pane.paneId);
  });
});
