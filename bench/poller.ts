/**
 * The naive way, as a process of its own: spawns `tmux capture-pane` for every pane every 500 ms, four at
 * a time, and looks for the spinner. A line of JSON on stdout for every change that it sees.
 *   node bench/poller.ts SOCKET PANE…
 */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const PERIOD_MS = 500;
const AT_ONCE = 4;
const [socket = "", ...panes] = process.argv.slice(2);
const modes = new Map<string, string>();

for (;;) {
  const next = performance.now() + PERIOD_MS;
  const queue = panes.values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => readAll(queue)));
  await sleep(Math.max(0, next - performance.now()));
}

async function readAll(queue: Iterable<string>): Promise<void> {
  for (const pane of queue) {
    const { stdout } = await run("tmux", ["-L", socket, "capture-pane", "-p", "-t", pane]);
    const mode = stdout.includes("* working") ? "working" : "idle";
    const before = modes.get(pane);
    modes.set(pane, mode);
    const at = performance.timeOrigin + performance.now();
    if (before !== undefined && before !== mode) {
      process.stdout.write(`${JSON.stringify({ at, pane, mode })}\n`);
    }
  }
}
