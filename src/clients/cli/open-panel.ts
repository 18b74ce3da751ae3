import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describeError } from "../../base/errors.ts";
import type { Client } from "../link/client.ts";
import type { Context } from "./context.ts";

const run = promisify(execFile);

// tmux writes a tab of a format as "_" for a client that is not known to read UTF-8.
const FORMAT = "#{@conductor_panel}:#{window_width}:#{pane_id}:#{window_panes}";

const PANEL_COLUMNS = "48";
/** From here on an agent's window can spare the columns. */
const WIDE_COLUMNS = 140;

interface PaneRow {
  readonly id: string;
  readonly isPanel: boolean;
  readonly isAlone: boolean;
  readonly isWide: boolean;
}

type Tmux = (...args: string[]) => Promise<string>;

/** Opens the session's side pane unless it has one; a launch that worked does not fail for want of it. */
export async function openPanel(context: Context, client: Client, session: string): Promise<void> {
  try {
    const tmux = await tmuxOf(client);
    const panes = await panesOf(tmux, session);
    if (panes.some(({ isPanel }) => isPanel)) await settle(tmux, panes);
    else await open(context, tmux, { session, first: panes[0] });
  } catch (error) {
    context.stderr.write(`warning: no side pane: ${describeError(error)}\nhint: conductor panel\n`);
  }
}

/** Brings a side pane that its agent has left alone to one that is there; it may have none, or no tmux. */
export async function settlePanel(client: Client, session: string): Promise<void> {
  try {
    const tmux = await tmuxOf(client);
    await settle(tmux, await panesOf(tmux, session));
  } catch {
    // The session ended with its last agent.
  }
}

async function tmuxOf(client: Client): Promise<Tmux> {
  const { socket } = (await client.status()).tmux;
  return async (...args) =>
    (await run("tmux", ["-L", socket, ...args], { timeout: 10_000 })).stdout.trimEnd();
}

async function panesOf(tmux: Tmux, session: string): Promise<PaneRow[]> {
  const rows = await tmux("list-panes", "-s", "-t", `=${session}`, "-F", FORMAT);
  return rows.split("\n").map((row) => {
    const [mark, width, id = "", count] = row.split(":");
    const isWide = Number(width) >= WIDE_COLUMNS;
    return { id, isPanel: mark === "1", isAlone: count === "1", isWide };
  });
}

async function settle(tmux: Tmux, panes: readonly PaneRow[]): Promise<void> {
  const panel = panes.find(({ isPanel, isAlone }) => isPanel && isAlone);
  if (panel === undefined) return;
  const agent = panes.find(({ isPanel, isWide }) => !isPanel && isWide);
  if (agent === undefined) await tmux("rename-window", "-t", panel.id, "approvals");
  else await tmux("join-pane", "-d", "-h", "-l", PANEL_COLUMNS, "-s", panel.id, "-t", agent.id);
}

async function open(
  context: Context,
  tmux: Tmux,
  { session, first }: { session: string; first: PaneRow | undefined },
): Promise<void> {
  const place =
    first?.isWide === true
      ? ["split-window", "-h", "-l", PANEL_COLUMNS, "-t", first.id]
      : ["new-window", "-n", "approvals", "-t", `=${session}:`];
  const pane = await tmux(...place, "-d", "-P", "-F", "#{pane_id}", ...panelCommand(context));
  await tmux("set-option", "-p", "-t", pane, "@conductor_panel", "1");
  await tmux("set-option", "-p", "-t", pane, "remain-on-exit", "off");
}

function panelCommand({ paths, host }: Context): string[] {
  const home = ["-e", `CONDUCTOR_HOME=${paths.home}`];
  return [...home, "--", process.execPath, host.main, "panel"];
}
