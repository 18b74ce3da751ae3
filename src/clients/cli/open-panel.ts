import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeError } from "../../base/errors.ts";
import type { Client } from "../link/client.ts";
import type { Context } from "./context.ts";

const run = promisify(execFile);

// tmux writes a tab of a format as "_" for a client that is not known to read UTF-8.
const FORMAT = "#{@conductor_panel}:#{window_width}:#{pane_id}";

const PANEL_COLUMNS = 48;
/** From here on an agent's window can spare the columns. */
const WIDE_COLUMNS = 140;

/** Opens the session's side pane unless it has one; a launch that worked does not fail for want of it. */
export async function openPanel(context: Context, client: Client, session: string): Promise<void> {
  try {
    const { tmux } = await client.status();
    await open(context, tmux.socket, session);
  } catch (error) {
    context.stderr.write(`warning: no side pane: ${describeError(error)}\nhint: conductor panel\n`);
  }
}

async function open(context: Context, socket: string, session: string): Promise<void> {
  const tmux = async (...args: string[]): Promise<string> =>
    (await run("tmux", ["-L", socket, ...args], { timeout: 10_000 })).stdout;
  const panes = (await tmux("list-panes", "-s", "-t", `=${session}`, "-F", FORMAT))
    .trimEnd()
    .split("\n")
    .map((line) => line.split(":"));
  if (panes.some(([mark]) => mark === "1")) return;
  const [, width = "0", first = ""] = panes[0] ?? [];
  const isWide = Number(width) >= WIDE_COLUMNS;
  const place = isWide
    ? ["split-window", "-h", "-l", String(PANEL_COLUMNS), "-t", first]
    : ["new-window", "-n", "approvals", "-t", `=${session}:`];
  const made = await tmux(...place, "-d", "-P", "-F", "#{pane_id}", ...panelCommand(context));
  const pane = made.trim();
  await tmux("set-option", "-p", "-t", pane, "@conductor_panel", "1");
  await tmux("set-option", "-p", "-t", pane, "remain-on-exit", "off");
}

function panelCommand({ paths, host }: Context): string[] {
  const home = ["-e", `CONDUCTOR_HOME=${paths.home}`];
  return [...home, "--", process.execPath, host.main, "panel"];
}
