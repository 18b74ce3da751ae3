import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
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

interface Person {
  resize(columns: number, rows: number): void;
  press(text: string): void;
  /** Ends the terminal, as closing its window does. */
  leave(): Promise<void>;
}

/** A person's terminal of that size, watching the pane. */
function watch(paneId: string, size: string, how: { keepSize?: boolean } = {}): Person {
  if (nodePty === undefined) throw new Error("no node-pty");
  const [columns = 80, rows = 24] = size.split("x").map(Number);
  const wish = { readOnly: false, keepSize: how.keepSize === true };
  const [file = "", ...args] = rig.driver.viewer(paneId, wish);
  const terminal = nodePty.spawn(file, args, {
    name: "xterm-256color",
    cols: columns,
    rows,
    env: rig.env,
  });
  const gone = new Promise<void>((resolve) => void terminal.onExit(() => resolve()));
  const leave = async (): Promise<void> => {
    terminal.kill("SIGHUP");
    await gone;
  };
  lifetime.own(leave);
  return { leave, resize: (x, y) => terminal.resize(x, y), press: (text) => terminal.write(text) };
}

const sizeOf = (paneId: string): Promise<string> =>
  rig.tmux("display-message", "-p", "-t", paneId, "#{window_width}x#{window_height}");
const becomes = (paneId: string, size: string): Promise<void> =>
  until(async () => (await sizeOf(paneId)) === size, `${paneId} to be ${size}`);

test.skipIf(nodePty === undefined)("a window follows its viewer and goes back after", async () => {
  const { paneId } = await rig.spawn("exec cat");
  expect(await sizeOf(paneId)).toBe("100x30");
  const person = watch(paneId, "80x24");
  await becomes(paneId, "80x23");
  person.resize(120, 41);
  await becomes(paneId, "120x40");
  await person.leave();
  await becomes(paneId, "100x30");
});

test.skipIf(nodePty === undefined)(
  "two people look at two agents, each in their size",
  async () => {
    const one = await rig.spawn("exec cat");
    const two = await rig.spawn("exec cat");
    const first = watch(one.paneId, "80x24");
    const second = watch(two.paneId, "132x43");
    await becomes(one.paneId, "80x23");
    await becomes(two.paneId, "132x42");
    await first.leave();
    await becomes(one.paneId, "100x30");
    expect(await sizeOf(two.paneId)).toBe("132x42");
    await second.leave();
    await becomes(two.paneId, "100x30");
  },
);

test.skipIf(nodePty === undefined)("of two people at one agent the newest decides", async () => {
  const { paneId } = await rig.spawn("exec cat");
  watch(paneId, "120x40");
  await becomes(paneId, "120x39");
  const second = watch(paneId, "80x24");
  await becomes(paneId, "80x23");
  await second.leave();
  await becomes(paneId, "120x39");
  expect(await rig.tmux("list-sessions")).toMatch(/^s-view-/m);
});

test.skipIf(nodePty === undefined)("who keeps the size changes nothing", async () => {
  const { paneId } = await rig.spawn("exec cat");
  watch(paneId, "80x24", { keepSize: true });
  await until(async () => (await rig.tmux("list-clients")).includes("-view-"), "the view");
  const other = await rig.spawn("exec cat");
  watch(other.paneId, "90x20");
  await becomes(other.paneId, "90x19");
  expect(await sizeOf(paneId)).toBe("100x30");
});

test.skipIf(nodePty === undefined)("who turns to another agent takes the size along", async () => {
  const one = await rig.spawn("exec cat");
  const two = await rig.spawn("exec cat");
  const person = watch(one.paneId, "80x24");
  await becomes(one.paneId, "80x23");
  expect(await sizeOf(two.paneId)).toBe("100x30");
  person.press("\u0002n");
  await becomes(two.paneId, "80x23");
  await becomes(one.paneId, "100x30");
});

test.skipIf(nodePty === undefined)(
  "the agent is typed nothing and told its size but once",
  async () => {
    const { paneId } = await rig.spawn(
      "trap 'echo resized' WINCH; stty -echo; while :; do read x; done",
    );
    const person = watch(paneId, "80x24");
    await becomes(paneId, "80x23");
    await rig.shows(paneId, "resized");
    await person.leave();
    await becomes(paneId, "100x30");
    await until(async () => {
      const { text } = await rig.driver.capture(paneId);
      return text.split("resized").length > 2;
    }, "the size to be told again");
    const { text } = await rig.driver.capture(paneId);
    expect(text.trim().split(/\s+/)).toEqual(["resized", "resized"]);
  },
);

test.skipIf(nodePty === undefined)("what a daemon left fitted the next one puts back", async () => {
  const { paneId } = await rig.spawn("exec cat");
  const person = watch(paneId, "80x24");
  await becomes(paneId, "80x23");
  await rig.driver.close();
  await person.leave();
  expect(await sizeOf(paneId)).toBe("80x23");
  const next = await rig.again();
  await next.adopt();
  await becomes(paneId, "100x30");
});

test.skipIf(nodePty === undefined)("beside a side pane an agent fills a narrow view", async () => {
  const { paneId } = await rig.spawn("exec cat");
  await rig.tmux("split-window", "-d", "-h", "-l", "40", "-t", paneId, "exec cat");
  const width = (): Promise<string> =>
    rig.tmux("display-message", "-p", "-t", paneId, "#{pane_width}");
  const person = watch(paneId, "80x24");
  await until(async () => (await width()) === "80", "the agent to fill the view");
  person.resize(200, 50);
  await until(async () => (await sizeOf(paneId)) === "200x49", "the window to be wide");
  await until(async () => Number(await width()) < 190, "the side pane to be back");
  person.resize(90, 30);
  await until(async () => (await width()) === "90", "the agent to fill the view again");
  await person.leave();
  await becomes(paneId, "100x30");
  expect(Number(await width())).toBeLessThan(100);
});

test.skipIf(nodePty === undefined)(
  "people who detach while the agent draws end their view and nothing else",
  async () => {
    const { paneId } = await rig.spawn("while :; do echo tick $((n = n + 1)); sleep 0.002; done");
    const sessions = (): Promise<string> => rig.tmux("list-sessions", "-F", "#{session_name}");
    for (let round = 0; round < 12; round += 1) {
      const person = watch(paneId, "80x24");
      await until(async () => (await sessions()).includes("view"), "the view to be there");
      await becomes(paneId, "80x23");
      person.press("\x02d");
      await until(async () => (await sessions()) === "s", "the view to be gone");
    }
    await expect(rig.driver.facts(paneId)).resolves.toMatchObject({ dead: false });
  },
);

test.skipIf(nodePty === undefined)(
  "a terminal that tmux cannot draw on is told so, and leaves no view behind",
  async () => {
    const { paneId } = await rig.spawn("exec cat");
    const [file = "", ...args] = rig.driver.viewer(paneId, { readOnly: false, keepSize: false });
    const env = { ...rig.env, TERM: "dumb" };
    const terminal = nodePty?.spawn(file, args, { name: "dumb", cols: 80, rows: 24, env });
    let said = "";
    terminal?.onData((text) => {
      said += text;
    });
    const code = await new Promise((resolve) => {
      terminal?.onExit(({ exitCode }) => resolve(exitCode));
    });
    expect(code).toBe(1);
    expect(said).toContain("open terminal failed");
    const sessions = (): Promise<string> => rig.tmux("list-sessions", "-F", "#{session_name}");
    await until(async () => (await sessions()) === "s", "the view to be gone");
    expect(await sizeOf(paneId)).toBe("100x30");
  },
);
