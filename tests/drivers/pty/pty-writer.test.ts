import { closeSync, fstatSync, openSync } from "node:fs";
import path from "node:path";
import { ReadStream } from "node:tty";
import type { IPty } from "node-pty";
import { expect, onTestFinished, test } from "vitest";
import { loadNodePty } from "../../../src/drivers/pty/load.ts";
import { PtyWriter } from "../../../src/drivers/pty/pty-writer.ts";
import { temporaryFolder } from "../../support/stores.ts";

const nodePty = await loadNodePty();

/** A program that reads nothing, so that what is written waits. */
async function deaf(): Promise<{ readonly terminal: IPty; readonly close: () => void }> {
  const terminal = nodePty?.spawn("sh", ["-c", "stty raw -echo; echo ready; exec sleep 60"], {});
  if (terminal === undefined) throw new Error("there is no node-pty");
  await new Promise<void>((resolve) => void terminal.onData(() => resolve()));
  const socket: unknown = Reflect.get(terminal, "_socket");
  if (!(socket instanceof ReadStream)) throw new Error("it has no socket");
  return { terminal, close: () => void socket.destroy() };
}

test.skipIf(nodePty === undefined)(
  "what waits for a pty that closes goes nowhere, not into the file that is opened next",
  async () => {
    const { terminal, close } = await deaf();
    const writer = new PtyWriter(terminal);
    for (let line = 0; line < 400; line += 1) writer.write(`${"x".repeat(200)}\n`);
    close();
    const file = openSync(path.join(temporaryFolder(), "next"), "w");
    onTestFinished(() => closeSync(file));
    const gone = new Promise<void>((resolve) => void terminal.onExit(() => resolve()));
    terminal.kill("SIGKILL");
    await gone;
    expect(fstatSync(file).size).toBe(0);
  },
);
