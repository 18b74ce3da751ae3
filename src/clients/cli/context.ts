import type { Environment } from "../../base/environment.ts";
import type { Paths } from "../../base/paths.ts";
import type { AuditTrail } from "../../contract/audit.ts";

/** The parts of a stream that commands use, so that tests can hand in their own. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Of a stream of the process. */
  readonly fd?: number;
  /** Streams have it; a sink that never fills has none. */
  readonly once?: (event: "drain", listener: () => void) => unknown;
}

/** What only the bin can reach: clients import neither the daemon nor the scripted agent. */
export interface Host {
  /** The bin's own file. */
  readonly main: string;
  runDaemon(argv: readonly string[]): Promise<number>;
  runFakeAgent(argv: readonly string[]): Promise<number>;
  /** Reads the files themselves: what a daemon says of its own records proves nothing. */
  openAudit(paths: Paths): Promise<AuditTrail>;
}

/** Everything a command gets from the process it runs in. */
export interface Context {
  readonly env: Environment;
  readonly cwd: string;
  readonly paths: Paths;
  readonly host: Host;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
}

/** Ends a command that has already said everything, with an exit code. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

export function wantsColor(env: Environment, sink: TextSink): boolean {
  return sink.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** How a table is drawn there: in colour or not, and how wide it may be. */
export function tableLook(
  env: Environment,
  sink: TextSink,
): { readonly color: boolean; readonly columns: number | undefined } {
  // A terminal whose size nobody has set says 0.
  const columns = sink.isTTY === true && sink.columns !== 0 ? sink.columns : undefined;
  return { color: wantsColor(env, sink), columns };
}
