/** `conductor ls` in its plain forms, without a command-line parser: it is typed the most. */
import type { Environment } from "../../base/environment.ts";
import { resolvePaths } from "../../base/paths.ts";
import type { Client } from "../link/client.ts";
import { connect } from "../link/connect.ts";
import { type TextSink, tableLook } from "./context.ts";
import { present, warnOfOtherVersion } from "./report.ts";
import { terminalTable } from "./terminal-table.ts";

const PLAIN_FLAGS = new Set(["--all", "--json"]);

interface FastCall {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

/** True when the answer was printed; false leaves it to the full command, which also says what is wrong. */
export async function tryFastLs(call: FastCall): Promise<boolean> {
  if (!call.argv.every((argument) => PLAIN_FLAGS.has(argument))) return false;
  const json = call.argv.includes("--json");
  let client: Client;
  let terminals: Awaited<ReturnType<Client["terminals"]>>;
  try {
    client = connect({ paths: resolvePaths(call.env), env: call.env });
    terminals = await client.terminals({ all: call.argv.includes("--all") });
  } catch {
    return false;
  }
  warnOfOtherVersion(client.daemonVersion, call.stderr);
  const look = tableLook(call.env, call.stdout);
  const text = json ? "" : await terminalTable(terminals, { now: Date.now(), ...look });
  present(call, json, terminals, () => text);
  return true;
}
