import { spawn } from "node:child_process";
import { ByteQueue } from "./byte-queue.ts";
import { assertOneLine, type Channel, type ChannelPlan } from "./channel.ts";

/** `tmux -C` over plain pipes: needs nothing native, frames with LF and no greeting. */
export function openPipeChannel(plan: ChannelPlan): Channel {
  const child = spawn("tmux", ["-u", "-C", ...plan.args], {
    env: { ...plan.env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const queue = new ByteQueue();
  const gone = new Promise<void>((resolve) => {
    child.once("close", resolve);
    child.once("error", resolve);
  }).then(() => queue.end());
  child.stdout.on("data", (chunk: Buffer) => queue.push(chunk));
  // A broken pipe says what the end of stdout says too.
  child.stdin.on("error", () => undefined);

  return {
    kind: "pipes",
    pid: child.pid ?? 0,
    bytes: queue,
    write: (line) => {
      assertOneLine(line);
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    close: async (signal) => {
      const kill = (): void => void child.kill("SIGKILL");
      if (signal.aborted) kill();
      signal.addEventListener("abort", kill, { once: true });
      child.stdin.end();
      await gone;
      signal.removeEventListener("abort", kill);
    },
  };
}
