import { ByteQueue } from "../tmux/byte-queue.ts";
import { assertOneLine, type Channel, type ChannelPlan } from "../tmux/channel.ts";
import { createTtyFraming } from "../tmux/tty-framing.ts";
import type { NodePty } from "./load.ts";
import { PtyWriter } from "./pty-writer.ts";

/** `tmux -CC` in a pty: the framing is that of a remote host, and the greeting marks the start. */
export function openPtyChannel(nodePty: NodePty, plan: ChannelPlan): Channel {
  const terminal = nodePty.spawn("tmux", ["-u", "-CC", ...plan.args], {
    name: "xterm-256color",
    cols: 160,
    rows: 50,
    env: { ...plan.env },
    // Buffers: node-pty's own decoding would hide split characters from the parser.
    encoding: null,
  });
  const writer = new PtyWriter(terminal);
  const framing = createTtyFraming();
  const queue = new ByteQueue();
  let early: string[] | undefined = [];
  let isGone = false;

  terminal.onData((data: unknown) => {
    queue.push(framing.push(data instanceof Uint8Array ? data : Buffer.from(String(data))));
    if (early === undefined || !framing.isGreeted()) return;
    const waiting = early;
    early = undefined;
    for (const line of waiting) writer.write(`${line}\n`);
  });
  const gone = new Promise<void>((resolve) => {
    terminal.onExit(() => resolve());
  }).then(() => {
    isGone = true;
    writer.end();
    queue.end();
  });

  return {
    kind: "pty",
    pid: terminal.pid,
    bytes: queue,
    write: (line) => {
      assertOneLine(line);
      if (isGone) return;
      // Before the greeting the kernel would echo what is typed, in front of tmux's first line.
      if (early === undefined) writer.write(`${line}\n`);
      else early.push(line);
    },
    close: async (signal) => {
      const kill = (): void => {
        if (!isGone) terminal.kill("SIGKILL");
      };
      if (signal.aborted) kill();
      signal.addEventListener("abort", kill, { once: true });
      // The empty line is `-CC`'s polite detach; a client that never greeted gets a hang-up.
      if (early === undefined && !isGone) writer.write("\n");
      else if (!isGone) terminal.kill("SIGHUP");
      await gone;
      signal.removeEventListener("abort", kill);
    },
  };
}
