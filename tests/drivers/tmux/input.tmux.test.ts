import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { openPtyChannel } from "../../../src/drivers/pty/pty-channel.ts";
import type { ChannelPlan } from "../../../src/drivers/tmux/channel.ts";
import { loadBuffer, pasteBuffer } from "../../../src/drivers/tmux/commands.ts";
import { Connection } from "../../../src/drivers/tmux/connection.ts";
import { openPipeChannel } from "../../../src/drivers/tmux/pipe-channel.ts";
import { quote } from "../../../src/drivers/tmux/quote.ts";
import { BYTE_CASES } from "./byte-cases.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";
import { createRig, until } from "./rig.ts";

const nodePty = await loadNodePty();
const kinds = nodePty === undefined ? (["pipes"] as const) : (["pipes", "pty"] as const);
const open = (kind: "pipes" | "pty", plan: ChannelPlan) =>
  kind === "pty" && nodePty !== undefined ? openPtyChannel(nodePty, plan) : openPipeChannel(plan);

let lifetime: Lifetime;
beforeEach(() => {
  lifetime = new Lifetime();
});
afterEach(() => lifetime[Symbol.asyncDispose]());

/** An app that keeps every byte it is given, and asks for brackets if `mode` says so. */
const keeper = (file: string, mode = ""): string =>
  `stty raw -echo; printf '${mode}ready'; exec cat > ${file}`;

describe.each(kinds)("over %s", (kind) => {
  test("every case arrives byte for byte, typed and through a buffer", async () => {
    const rig = createRig(lifetime);
    const file = join(rig.dir, "bytes");
    await rig.start("s", keeper(file));
    const args = ["-L", rig.socket, "attach", "-t", "=s", "-f", "ignore-size"];
    const channel = open(kind, { args, env: rig.env });
    const connection = new Connection(channel, () => undefined);
    lifetime.own(() => connection.close(AbortSignal.timeout(2000)));
    await connection.attached;
    await until(async () => (await rig.tmux("capture-pane", "-p")).includes("ready"), "the app");
    const got = (): Buffer => readFileSync(file);
    const arrives = async (wanted: Buffer, from: number, what: string): Promise<void> => {
      await until(() => got().length >= from + wanted.length, what);
      const arrived = got().subarray(from).toString("latin1");
      expect([what, arrived]).toEqual([what, wanted.toString("latin1")]);
    };
    for (const { name, bytes } of BYTE_CASES) {
      let from = got().length;
      const typed = `send-keys -t ${quote("%0")} -l -- ${quote(bytes)}`;
      // tmux takes typed text for characters: what is no UTF-8 can go through a buffer only.
      if (name !== "invalid UTF-8") {
        await connection.send([{ text: typed, answer: "nothing" }]);
        await arrives(bytes, from, `${name}, typed`);
      }
      from = got().length;
      const path = join(rig.dir, "text");
      writeFileSync(path, bytes);
      const flags = { keepLineFeeds: true, raw: false };
      await connection.send([loadBuffer("cnd-x", path), pasteBuffer("cnd-x", "%0", flags)]);
      await arrives(bytes, from, `${name}, through a buffer`);
    }
  });

  test("100 kB arrive byte for byte, and leave no buffer and no file behind", async () => {
    const rig = await createDriverRig(lifetime, kind);
    const file = join(rig.dir, "bytes");
    const { paneId } = await rig.spawn(keeper(file));
    await rig.shows(paneId, "ready");
    const text = "漢字 $HOME #{x} 'q' \\ ; line\n".repeat(3000);
    await rig.driver.paste(paneId, text, { keepLineFeeds: true });
    await until(
      () => existsSync(file) && readFileSync(file).length >= Buffer.byteLength(text),
      "the text",
    );
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(await rig.tmux("list-buffers")).toBe("");
    expect(readdirSync(join(rig.dir, "run"))).toEqual([]);
  });
});

test("an Escape is a key of its own, whatever is pressed behind it", async () => {
  const rig = await createDriverRig(lifetime);
  const file = join(rig.dir, "reads");
  const app = join(rig.dir, "app.cjs");
  const read = `require("node:fs").appendFileSync("${file}", JSON.stringify(String(data)) + "\\n")`;
  writeFileSync(app, `process.stdin.setRawMode(true).on("data", (data) => ${read}).resume();`);
  const { paneId } = await rig.spawn(
    `exec ${process.execPath} -r ${app} -e 'console.log("ready")'`,
  );
  await rig.shows(paneId, "ready");
  await rig.driver.keys(paneId, ["Escape", "Escape", "Up", "Enter"]);
  const reads = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await until(() => reads().endsWith('\\r"\n'), "the last key");
  const [first, second, ...others] = reads().trimEnd().split("\n");
  expect([first, second]).toEqual(['"\\u001b"', '"\\u001b"']);
  expect(others.join("")).toMatch(/^"\\u001b\[A/);
});

describe("a paste", () => {
  let rig: DriverRig;
  let file: string;
  beforeEach(async () => {
    rig = await createDriverRig(lifetime);
    file = join(rig.dir, "bytes");
  });
  const pasted = async (text: string, length: number): Promise<string> => {
    await until(() => existsSync(file) && readFileSync(file).length >= length, text);
    return readFileSync(file, "utf8");
  };

  test("is bracketed for an app that asks, and its text cannot end the brackets", async () => {
    const { paneId } = await rig.spawn(keeper(file, "\\033[?2004h"));
    await rig.shows(paneId, "ready");
    await until(() => rig.driver.isBracketed(paneId), "the app's wish");
    expect(rig.driver.mayBeBracketed(paneId)).toBe(true);
    await rig.driver.paste(paneId, "one\ntwo\u001b[201~\u0003rm -r x\n", { keepLineFeeds: true });
    const wanted = "\u001b[200~one\ntworm -r x\n\u001b[201~";
    expect(await pasted("the brackets", wanted.length)).toBe(wanted);
  });

  test("has its line ends as the provider wants them", async () => {
    const { paneId } = await rig.spawn(keeper(file));
    await rig.shows(paneId, "ready");
    expect(rig.driver.mayBeBracketed(paneId)).toBe(false);
    await rig.driver.paste(paneId, "a\nb");
    expect(await pasted("the first", 3)).toBe("a\rb");
    await rig.driver.paste(paneId, "c\nd", { keepLineFeeds: true });
    expect(await pasted("the second", 6)).toBe("a\rbc\nd");
  });

  test("and its Enter stay together whoever else types", async () => {
    const { paneId } = await rig.spawn(keeper(file));
    await rig.shows(paneId, "ready");
    const texts = ["alpha", "beta\nbeta", "gamma"];
    await Promise.all(
      texts.flatMap((text) => [
        rig.driver.paste(paneId, text, { keepLineFeeds: true }),
        rig.driver.keys(paneId, ["Enter"]),
      ]),
    );
    expect(await pasted("all three", 22)).toBe("alpha\rbeta\nbeta\rgamma\r");
  });

  test("and keys wait for whoever scrolls in copy mode", async () => {
    const { paneId } = await rig.spawn(keeper(file));
    await rig.shows(paneId, "ready");
    await rig.tmux("copy-mode", "-t", paneId);
    await expect(rig.driver.paste(paneId, "x")).rejects.toMatchObject({ code: "pane.not_ready" });
    await expect(rig.driver.keys(paneId, ["Enter"])).rejects.toMatchObject({
      code: "pane.not_ready",
    });
    await rig.tmux("send-keys", "-X", "-t", paneId, "cancel");
    await rig.driver.paste(paneId, "y");
    expect(await pasted("the text", 1)).toBe("y");
  });

  test("over 1 MB is refused, and so is a key that is none", async () => {
    const { paneId } = await rig.spawn("exec cat");
    const big = "x".repeat(1024 * 1024 + 1);
    await expect(rig.driver.paste(paneId, big)).rejects.toMatchObject({
      code: "message.too_large",
    });
    // @ts-expect-error: what a file of a provider could hold
    const wrong = rig.driver.keys(paneId, ["kill-server"]);
    await expect(wrong).rejects.toMatchObject({ code: "usage.invalid" });
  });
});
