import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { SessionState } from "./endings.ts";
import { FACTS_FORMAT, type PaneRow, PLACEHOLDER_OPTION, readRow } from "./facts.ts";
import { refusal } from "./refusals.ts";
import { assertVersion } from "./version.ts";

const run = promisify(execFile);
const NO_SERVER = /no server running|error connecting|server exited|lost server/;
const SPAWNED_MS = 10_000;
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, its NUL included. */
const LONGEST_SOCKET_BYTES = 100;

export interface SessionRow {
  readonly id: string;
  readonly name: string;
  /** Sessions of one group show the same windows; empty for a session alone. */
  readonly group: string;
}

/** The private server as reached by spawned commands: where no connection is there yet, or any more. */
export interface TmuxServer {
  readonly version: string;
  readonly args: readonly string[];
  readonly socketPath: string;
  readonly env: Readonly<Record<string, string>>;
  sessions(): Promise<readonly SessionRow[] | undefined>;
  sessionState(sessionId: string): Promise<SessionState>;
  panes(): Promise<readonly PaneRow[]>;
  /** Starts the server with it if need be. The session holds a placeholder until an agent comes. */
  newSession(name: string, size: { columns: number; rows: number }): Promise<SessionRow>;
}

export interface ServerPlace {
  readonly socket: string;
  readonly configPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
}

/** Checks that tmux is there and new enough, and that its socket can be. */
export async function findServer({
  socket,
  configPath,
  env,
  uid,
}: ServerPlace): Promise<TmuxServer> {
  const version = await tmuxVersion(env);
  assertVersion(version);
  const socketPath = pathOfSocket(socket, env["TMUX_TMPDIR"] ?? "/tmp", uid);
  const args = ["-u", "-L", socket];

  const tmux = async (...words: readonly string[]): Promise<string | undefined> => {
    try {
      const options = { env: { ...env }, timeout: SPAWNED_MS, maxBuffer: 16 * 1024 * 1024 };
      const { stdout } = await run("tmux", [...args, "-f", configPath, ...words], options);
      return stdout;
    } catch (error) {
      const complaint = stderrOf(error);
      if (NO_SERVER.test(complaint)) return undefined;
      throw refusal(Buffer.from(complaint));
    }
  };

  const sessions = async (): Promise<readonly SessionRow[] | undefined> => {
    const format = "#{session_id}\t#{session_name}\t#{session_group}";
    const text = await tmux("list-sessions", "-F", format);
    return text?.split("\n").flatMap(readSession);
  };

  return {
    version,
    args,
    socketPath,
    env,
    sessions,
    sessionState: async (sessionId) => {
      const rows = await sessions();
      if (rows === undefined) return "no-server";
      return rows.some((row) => row.id === sessionId) ? "there" : "missing";
    },
    panes: async () => {
      const text = (await tmux("list-panes", "-a", "-F", FACTS_FORMAT)) ?? "";
      return text.split("\n").flatMap((line) => readRow(line) ?? []);
    },
    newSession: async (name, size) => {
      const format = "#{session_id}\t#{session_name}\t";
      const shape = ["-x", String(size.columns), "-y", String(size.rows)];
      const make = ["new-session", "-d", "-P", "-F", format, "-s", name, ...shape];
      const placeholder = ["-n", "conductor", "sh", "-c", "exec tail -f /dev/null"];
      const mark = [";", "set-option", "-p", "-t", `=${name}:`, PLACEHOLDER_OPTION, "1"];
      const start = () => tmux(...make, ...placeholder, ...mark);
      // A server that is just ending takes the connection and no command; the next try starts a new one.
      const text = (await start()) ?? (await start());
      const [row] = (text ?? "").split("\n").flatMap(readSession);
      if (row !== undefined) return row;
      throw new ConductorError("tmux.lost", `tmux did not start session ${name}`);
    },
  };
}

function readSession(line: string): SessionRow[] {
  const [id = "", name = "", group = ""] = line.split("\t");
  return id.startsWith("$") ? [{ id, name, group }] : [];
}

async function tmuxVersion(env: Readonly<Record<string, string>>): Promise<string> {
  try {
    const { stdout } = await run("tmux", ["-V"], { env: { ...env }, timeout: SPAWNED_MS });
    return stdout.trim().replace(/^tmux /, "");
  } catch (error) {
    const hint =
      "install it: apt-get install tmux, dnf install tmux, pacman -S tmux, brew install tmux";
    const message = `tmux cannot be run: ${describeError(error)}`;
    throw new ConductorError("tmux.missing", message, { cause: error, hint });
  }
}

function pathOfSocket(socket: string, directory: string, uid: number): string {
  if (!/^[A-Za-z0-9_.-]+$/.test(socket)) {
    throw new ConductorError("usage.invalid", `"${socket}" is no name for a tmux socket`);
  }
  const path = `${directory}/tmux-${uid}/${socket}`;
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_BYTES) return path;
  throw new ConductorError("path.too_long", `the tmux socket's path is too long: ${path}`, {
    hint: "set TMUX_TMPDIR to a short directory, for example /tmp",
  });
}

function stderrOf(error: unknown): string {
  if (error instanceof Error && "stderr" in error && typeof error.stderr === "string") {
    return error.stderr.trim() === "" ? error.message : error.stderr;
  }
  return describeError(error);
}
