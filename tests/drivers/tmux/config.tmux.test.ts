import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { tmuxConfig } from "../../../src/drivers/tmux/config.ts";
import { createDriverRig } from "./driver-rig.ts";
import { createRig, until } from "./rig.ts";

const nodePty = await loadNodePty();
let lifetime: Lifetime;

beforeEach(() => {
  lifetime = new Lifetime();
});
afterEach(() => lifetime[Symbol.asyncDispose]());

test("the configuration is understood whole, names with quotes in them too", async () => {
  const rig = createRig(lifetime);
  const file = join(rig.dir, "it's.conf");
  const userConfig = join(rig.dir, "a person's own.conf");
  writeFileSync(userConfig, "set -g @mine yes\nset -g mouse off\n");
  const size = { columns: 120, rows: 40 };
  const panelCommand = "exec env 'A=it'\\''s' cat";
  writeFileSync(file, tmuxConfig({ size, panelCommand, prefix: "C-a", userConfig }));
  await rig.start("s");
  expect(await rig.tmux("source-file", file)).toBe("");
  const globals = await rig.tmux("show-options", "-g");
  expect(globals).toContain("default-size 120x40");
  expect(globals).toContain("prefix C-a");
  expect(globals).toContain("@mine yes");
  expect(globals).toContain("mouse off");
  expect(await rig.tmux("show-options", "-gw")).toContain("remain-on-exit on");
  const keys = await rig.tmux("list-keys", "-T", "prefix");
  expect(keys).toMatch(/ C-a +send-prefix/);
  expect(keys).toMatch(/ C +display-popup -E/);
});

test.skipIf(nodePty === undefined)("the key for the side pane opens it in a popup", async () => {
  const rig = await createDriverRig(lifetime, "pty", {
    panelCommand: "exec sh -c 'echo ready for verdicts; exec sleep 1000'",
  });
  const { paneId } = await rig.spawn("exec cat");
  const [file = "", ...args] = rig.driver.viewer(paneId, { readOnly: false, keepSize: true });
  const shape = { name: "xterm-256color", cols: 100, rows: 30, env: rig.env };
  const terminal = nodePty?.spawn(file, args, shape);
  lifetime.own(() => terminal?.kill("SIGHUP"));
  let shown = "";
  terminal?.onData((text) => {
    shown += text;
  });
  await until(() => shown.includes("agent1"), "the view's status line");
  terminal?.write("\u0002C");
  await until(() => shown.includes("ready for verdicts"), "the popup");
  expect((await rig.driver.capture(paneId)).text.trim()).toBe("");
});
