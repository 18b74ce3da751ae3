import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { openPtyChannel } from "../../../src/drivers/pty/pty-channel.ts";
import type { Channel, ChannelPlan, OpenChannel } from "../../../src/drivers/tmux/channel.ts";
import { createFraming, type Frame } from "../../../src/drivers/tmux/framing.ts";
import { openPipeChannel } from "../../../src/drivers/tmux/pipe-channel.ts";
import { quote } from "../../../src/drivers/tmux/quote.ts";
import { createRig, isAlive, type Rig, until } from "./rig.ts";

const nodePty = await loadNodePty();
const openPty: OpenChannel = (plan) => {
  if (nodePty === undefined) throw new Error("no node-pty");
  return openPtyChannel(nodePty, plan);
};
const adapters = [
  { kind: "pipes", open: openPipeChannel, isThere: true },
  { kind: "pty", open: openPty, isThere: nodePty !== undefined },
] as const;

/** Reads a channel to its end and keeps every frame. */
class Reader {
  readonly frames: Frame[] = [];
  readonly ended: Promise<void>;
  readonly #waiting: (() => void)[] = [];

  constructor(channel: Channel) {
    const framing = createFraming((frame) => this.frames.push(frame));
    this.ended = (async () => {
      for await (const chunk of channel.bytes) {
        framing.push(chunk);
        for (const wake of this.#waiting.splice(0)) wake();
      }
    })();
  }

  ours(): string[] {
    return this.frames.flatMap((frame) =>
      frame.kind === "reply" && frame.isOurs ? [Buffer.from(frame.body).toString()] : [],
    );
  }

  lines(): string[] {
    return this.frames.flatMap((frame) =>
      frame.kind === "notification" ? [Buffer.from(frame.line).toString("latin1")] : [],
    );
  }

  async replies(count: number): Promise<string[]> {
    while (this.ours().length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    return this.ours();
  }
}

describe.each(adapters.filter((adapter) => adapter.isThere))("$kind", ({ kind, open }) => {
  let lifetime: Lifetime;
  let rig: Rig;
  let plan: ChannelPlan;

  beforeEach(async () => {
    lifetime = new Lifetime();
    rig = createRig(lifetime);
    await rig.start("s");
    plan = { args: ["-L", rig.socket, "attach", "-t", "=s", "-f", "ignore-size"], env: rig.env };
  });
  afterEach(() => lifetime[Symbol.asyncDispose]());

  const connect = (): { channel: Channel; reader: Reader } => {
    const channel = open(plan);
    lifetime.own(() => channel.close(AbortSignal.timeout(2000)));
    return { channel, reader: new Reader(channel) };
  };

  test("the first command is answered, also when written at once", async () => {
    const { channel, reader } = connect();
    channel.write("display-message -p hello");
    expect(await reader.replies(1)).toEqual(["hello"]);
    expect(reader.frames.map((frame) => frame.kind)).not.toContain("broken");
    expect(channel.kind).toBe(kind);
  });

  test("1000 pipelined commands keep their order", async () => {
    const { channel, reader } = connect();
    const numbers = Array.from({ length: 1000 }, (_, index) => String(index));
    for (const number of numbers) channel.write(`display-message -p ${number}`);
    expect(await reader.replies(1000)).toEqual(numbers);
  });

  test("a 16 kB line arrives whole", async () => {
    const { channel, reader } = connect();
    const text = "x".repeat(16 * 1024 - 40);
    channel.write(`set-buffer -b big ${quote(text)}`);
    channel.write("show-buffer -b big");
    expect((await reader.replies(2))[1]).toBe(text);
  });

  test("UTF-8 cut by a chunk border survives", async () => {
    const { channel, reader } = connect();
    const text = "漢字é👩‍👧".repeat(4000);
    const file = join(rig.dir, "wide");
    writeFileSync(file, text);
    await rig.tmux("load-buffer", "-b", "wide", file);
    channel.write("show-buffer -b wide");
    expect((await reader.replies(1))[0]).toBe(text);
  });

  test("when the session is killed the stream ends and says so", async () => {
    const { channel, reader } = connect();
    channel.write("display-message -p ready");
    await reader.replies(1);
    await rig.tmux("kill-session", "-t", "=s");
    await reader.ended;
    expect(reader.lines().some((line) => line.startsWith("%exit"))).toBe(true);
  });

  test("when the server is killed the stream ends", async () => {
    const { channel, reader } = connect();
    channel.write("display-message -p ready");
    await reader.replies(1);
    process.kill((await rig.serverPid()) ?? 0, "SIGKILL");
    await reader.ended;
    await until(() => !isAlive(channel.pid), "the client to end");
    expect(isAlive(channel.pid)).toBe(false);
  });

  test("no client outlives an owner killed with SIGKILL", async () => {
    const script = join(import.meta.dirname, "channel-owner.ts");
    const owner = spawn(process.execPath, [script, kind, JSON.stringify(plan)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    lifetime.own(() => void owner.kill("SIGKILL"));
    const [line] = await once(owner.stdout, "data");
    const pid = Number(String(line).trim().split("\n")[0]);
    expect(isAlive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await until(() => !isAlive(pid), "the client to end");
    await until(async () => (await rig.tmux("list-clients")) === "", "the server to drop it");
  });

  test("closing during a flood ends within its deadline", async () => {
    await rig.tmux("new-window", "-d", "-t", "s:", "sh", "-c", "yes flooding-flooding");
    const { channel, reader } = connect();
    await until(() => reader.lines().length > 1000, "the flood");
    const before = performance.now();
    await channel.close(AbortSignal.timeout(2000));
    await reader.ended;
    expect(performance.now() - before).toBeLessThan(4000);
    expect(isAlive(channel.pid)).toBe(false);
    expect((await rig.tmux("list-windows", "-t", "=s")).split("\n")).toHaveLength(2);
  });

  test("an empty line or a line break is never written", () => {
    const { channel } = connect();
    expect(() => channel.write("")).toThrow("one line");
    expect(() => channel.write("a\nkill-server")).toThrow("one line");
  });
});

test("the adapters are both here, or the missing one is named", () => {
  if (nodePty === undefined) console.warn("node-pty cannot be loaded: the pty adapter was skipped");
  expect(adapters.some((adapter) => adapter.isThere)).toBe(true);
});
