import { environment } from "../../base/environment.ts";
import { resolvePaths } from "../../base/paths.ts";
import type { Context, Host } from "./context.ts";
import { runCli } from "./main.ts";
import { reportFailure } from "./report.ts";

/** The CLI in the process it was started in: its streams, its environment, its signals. */
export async function runInProcess(argv: readonly string[], host: Host): Promise<number> {
  const env = environment();
  const { stdin, stdout, stderr } = process;
  const stop = new AbortController();
  const streams = { stdout, stderr, env, signal: stop.signal };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => stop.abort());
  }
  try {
    const paths = resolvePaths(env);
    const context: Context = { ...streams, cwd: process.cwd(), paths, host, stdin };
    return await runCli(argv, context);
  } catch (error) {
    return reportFailure(error, streams, argv.includes("--json"));
  }
}
