/** Commands as a person runs them: words in, text and exit code out, with a stub for the daemon. */
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { Environment } from "../../../src/base/environment.ts";
import { Lifetime } from "../../../src/base/lifetime.ts";
import type { TextSink } from "../../../src/clients/cli/context.ts";
import { runCli } from "../../../src/clients/cli/main.ts";
import { openTrail } from "../../../src/daemon/audit-reader.ts";
import { type Call, type Reply, serve, testHome } from "../../support/stub-daemon.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
}

export interface World {
  /** By `METHOD path`; a function gets the call. */
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly stdin?: string;
  /** The width of a terminal; without it the output is a pipe. */
  readonly columns?: number;
  readonly env?: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

const daemon = {
  version: "0.0.0-source",
  pid: 4242,
  startedAt: 0,
  home: "/home/me/.conductor",
  socket: "/home/me/.conductor/conductor.sock",
  http: { host: "127.0.0.1", port: 7373 },
  tmux: { socket: "conductor", version: "3.3a", channel: "pty" },
  terminals: 2,
};

export function conductor(argv: readonly string[], world: World = {}): Promise<Ran> {
  return Lifetime.run(async (lifetime) => {
    const home = testHome(lifetime, world.env);
    const answers: Record<string, unknown> = { "GET /api/v1/status": daemon, ...world.answers };
    const calls = await serve(lifetime, home.paths.socket, (call) => replyTo(answers, call));
    const stdout = sink(world.columns);
    const stderr = sink(world.columns);
    const stop = new AbortController();
    const stdin = world.stdin === undefined ? new PassThrough() : Readable.from([world.stdin]);
    const code = await runCli(argv, {
      ...home,
      cwd: world.cwd ?? home.paths.home,
      stdin,
      stdout,
      stderr,
      signal: world.signal ?? stop.signal,
      host: {
        main: join(import.meta.dirname, "../../../src/main.ts"),
        runDaemon: () => Promise.reject(new Error("no test runs a daemon")),
        runFakeAgent: () => Promise.reject(new Error("no test runs an agent")),
        openAudit: async (paths) => openTrail(paths),
      },
    });
    return { code, stdout: stdout.text, stderr: stderr.text, calls: told(calls) };
  });
}

function replyTo(answers: Readonly<Record<string, unknown>>, call: Call): Reply | undefined {
  const answer = answers[`${call.method} ${call.path}`];
  if (answer === undefined) return undefined;
  return isReply(answer) ? answer : { json: answer };
}

function isReply(answer: unknown): answer is Reply {
  return typeof answer === "object" && answer !== null && ("take" in answer || "json" in answer);
}

/** Every command asks first whether a daemon answers; that is not what a test is about. */
function told(calls: readonly Call[]): Call[] {
  return calls.filter(({ path }) => path !== "/api/v1/status");
}

export function refusal(status: number, code: string, message: string, hint?: string): Reply {
  return { status, json: { code, detail: message, hint: hint ?? null, data: {} } };
}

function sink(columns: number | undefined): TextSink & { text: string } {
  const made = {
    text: "",
    isTTY: columns !== undefined,
    ...(columns === undefined ? {} : { columns, rows: 24 }),
    write: (text: string) => {
      made.text += text;
      return true;
    },
  };
  return made;
}
