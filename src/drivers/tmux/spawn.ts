import { randomBytes } from "node:crypto";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import type { PaneFacts, SpawnPane } from "../../core/terminals/index.ts";
import {
  logNewestPane,
  newWindow,
  type Size,
  setNewestPaneOption,
  sizeNewestWindow,
} from "./commands.ts";
import {
  LAUNCH_OPTION,
  type LaunchNote,
  type PaneRow,
  readRow,
  TERMINAL_OPTION,
  writeNote,
} from "./facts.ts";
import { launchScript } from "./launch.ts";
import type { SessionLink } from "./link.ts";
import { prepareLog } from "./pane-log.ts";

export type OurRow = PaneRow & { readonly ours: NonNullable<PaneRow["ours"]> };

export interface SpawnPorts {
  readonly link: SessionLink;
  readonly runtimeDir: string;
  readonly size: Size;
}

/**
 * Makes a window that runs the agent, marks its pane as ours and starts its log. Its line is queued before
 * this returns, so that windows stand in the order in which they were asked for.
 */
export async function spawnPane(ports: SpawnPorts, spec: SpawnPane): Promise<OurRow> {
  const [program] = spec.argv;
  if (program === undefined) throw new ConductorError("usage.invalid", "there is nothing to run");
  assertDirectory(spec.cwd);
  prepareLog(spec.logPath);
  const nonce = randomBytes(16).toString("hex");
  const { session, logPath } = spec;
  const note: LaunchNote = { session, nonce, command: basename(program), logPath };
  const file = join(ports.runtimeDir, `launch-${randomBytes(8).toString("hex")}`);
  writeFileSync(file, launchScript(spec, file, nonce), { mode: 0o600, flag: "wx" });
  try {
    const row = await makeWindow(ports, spec, { file, note });
    return { ...row, ours: { note, facts: firstFacts(spec, note, row) } };
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** One line, so that no daemon can die between making the pane and marking it as ours. */
async function makeWindow(
  { link, size }: SpawnPorts,
  spec: SpawnPane,
  { file, note }: { readonly file: string; readonly note: LaunchNote },
): Promise<PaneRow> {
  const id = link.sessionId;
  const [reply] = await link.run([
    newWindow(id, spec.name, file),
    sizeNewestWindow(id, size),
    setNewestPaneOption(id, TERMINAL_OPTION, spec.terminalId),
    setNewestPaneOption(id, LAUNCH_OPTION, writeNote(note)),
    logNewestPane(id, spec.logPath),
  ]);
  const row = readRow(Buffer.from(reply ?? []).toString("utf8"));
  if (row === undefined) throw new ConductorError("tmux.lost", "tmux did not name the new pane");
  return row;
}

function firstFacts(spec: SpawnPane, note: LaunchNote, row: PaneRow): PaneFacts {
  return {
    paneId: row.paneId,
    session: spec.session,
    terminalId: spec.terminalId,
    pid: row.pid,
    dead: false,
    exitCode: undefined,
    inMode: false,
    title: "",
    command: note.command,
  };
}

function assertDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new ConductorError("usage.invalid", `${path} is not a directory`);
}
