import type { Client } from "../link/client.ts";
import { connect } from "../link/connect.ts";
import { startDaemon } from "../link/start-daemon.ts";
import type { Context } from "./context.ts";
import { withProgress } from "./progress.ts";
import { warnOfOtherVersion } from "./report.ts";

/** A client of the running daemon, which is started where there is none. */
export async function openClient(context: Context): Promise<Client> {
  const starting = startDaemon({ ...linkOptions(context), main: context.host.main });
  const client = await withProgress(context.stderr, () => "starting the daemon", starting);
  warnOfOtherVersion(client.daemonVersion, context.stderr);
  return client;
}

/** For commands that make no sense without a running daemon: they never start one. */
export async function openRunning(context: Context): Promise<Client> {
  const client = connect(linkOptions(context));
  await client.status();
  warnOfOtherVersion(client.daemonVersion, context.stderr);
  return client;
}

export function linkOptions(context: Context): Pick<Context, "paths" | "env" | "signal"> {
  return { paths: context.paths, env: context.env, signal: context.signal };
}
