import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printable, printableLine } from "../../base/printable.ts";
import type { DaemonView } from "../../contract/events.ts";
import { connect, isAbsent } from "../link/connect.ts";
import { startDaemon } from "../link/start-daemon.ts";
import { bare, command, count, type JsonOption } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { age } from "./duration.ts";
import { showLog } from "./log-file.ts";
import { linkOptions, openRunning } from "./open-client.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare("daemon", "Start, stop and look at the daemon; agents go on without it", [
    "daemon status",
    "daemon restart",
    "daemon logs -f",
  ])
    .addCommand(startCommand(context))
    .addCommand(stopCommand(context))
    .addCommand(restartCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(logsCommand(context))
    .addCommand(runCommand(context));
}

function startCommand(context: Context): Command {
  return command("start", "Start it, unless it runs", ["daemon start", "daemon start --auto"])
    .option("--auto", "let it take tasks by itself, as `conductor auto on` does")
    .action(async (options: JsonOption & { auto?: boolean }) => {
      const view = await start(context);
      if (options.auto === true)
        await (await openRunning(context)).execution.turnAuto({ on: true });
      present(context, options.json, view, () => statusText(view));
    });
}

function stopCommand(context: Context): Command {
  return command("stop", "Stop it; every agent goes on working", ["daemon stop"]).action(
    async (options: JsonOption) => {
      const pid = await stop(context);
      present(context, options.json, { pid: pid ?? null }, () =>
        pid === undefined ? "no daemon was running" : `stopped the daemon (process ${pid})`,
      );
    },
  );
}

function restartCommand(context: Context): Command {
  return command("restart", "Stop it and start it again, as after an update", [
    "daemon restart",
  ]).action(async (options: JsonOption) => {
    await stop(context);
    const view = await start(context);
    present(context, options.json, view, () => statusText(view));
  });
}

function statusCommand(context: Context): Command {
  return command("status", "Tell whether it runs, where, and since when", ["daemon status"]).action(
    async (options: JsonOption) => {
      const client = await openRunning(context);
      const view = await client.status();
      present(context, options.json, view, () => statusText(view));
    },
  );
}

function logsCommand(context: Context): Command {
  return command("logs", "Print the daemon's log", ["daemon logs", "daemon logs -f"])
    .option("-f, --follow", "go on as it grows")
    .option("-n, --lines <count>", "how many lines from its end", count, 100)
    .action((options: JsonOption & { follow?: boolean; lines: number }) =>
      showLog(context, context.paths.daemonLog, { ...options, clean: printable }),
    );
}

function runCommand(context: Context): Command {
  return bare("run", "Be the daemon, in the foreground", ["daemon run"]).action(async () => {
    throw new Exit(await context.host.runDaemon([]));
  });
}

async function start(context: Context): Promise<DaemonView> {
  const client = await startDaemon({ ...linkOptions(context), main: context.host.main });
  return client.status();
}

const STOP_DEADLINE_MS = 15_000;

/** The process id of the daemon that was stopped, once it is gone. */
async function stop(context: Context): Promise<number | undefined> {
  const client = connect(linkOptions(context));
  let pid: number;
  try {
    ({ pid } = await client.status());
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  await client.stopDaemon().catch((error: unknown) => {
    // It may be gone before its answer is.
    if (!(error instanceof ConductorError) || error.code !== "daemon.unreachable") throw error;
  });
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new ConductorError("timeout", `the daemon (process ${pid}) does not end`, {
        hint: `kill ${pid}`,
      });
    }
    await sleep(20, undefined, { signal: context.signal });
  }
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function statusText(view: DaemonView): string {
  return [
    `daemon ${view.version}, process ${view.pid}, up ${age(view.startedAt, Date.now())}`,
    `home    ${view.home}`,
    `socket  ${view.socket}`,
    `http    http://${view.http.host.includes(":") ? `[${view.http.host}]` : view.http.host}:${view.http.port}`,
    `tmux    ${view.tmux.version}, socket ${view.tmux.socket}, control over ${view.tmux.channel}`,
    `agents  ${view.terminals}`,
  ]
    .map(printableLine)
    .join("\n");
}
