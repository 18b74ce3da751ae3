import { existsSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { temporaryFolder } from "../../support/stores.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";
import { until } from "./rig.ts";

const nodePty = await loadNodePty();

let lifetime: Lifetime;
let rig: DriverRig;

beforeEach(async () => {
  lifetime = new Lifetime();
  rig = await createDriverRig(lifetime);
});
afterEach(() => lifetime[Symbol.asyncDispose]());

test.skipIf(nodePty === undefined)(
  "a message is shown to who is attached as it is written: no format, no date, no command",
  async () => {
    const { paneId } = await rig.spawn("exec cat");
    expect(await rig.driver.announce("nobody looks")).toBe(0);
    if (nodePty === undefined) throw new Error("no node-pty");
    const wish = { readOnly: false, keepSize: false };
    const [file = "", ...args] = rig.driver.viewer(paneId, wish);
    const size = { cols: 100, rows: 24 };
    const person = nodePty.spawn(file, args, { name: "xterm-256color", ...size, env: rig.env });
    const gone = new Promise<void>((resolve) => void person.onExit(() => resolve()));
    lifetime.own(async () => {
      person.kill("SIGHUP");
      await gone;
    });
    let seen = "";
    person.onData((piece) => {
      seen += piece;
    });
    const trace = path.join(temporaryFolder(), "trace");
    const text = `#(touch ${trace}) #{pane_id} %H ; 'x' "$HOME" done`;
    await until(async () => (await rig.driver.announce(text)) === 1, "the person to be attached");
    await until(async () => seen.includes(text), "the message to be shown");
    expect(existsSync(trace)).toBe(false);
  },
);
