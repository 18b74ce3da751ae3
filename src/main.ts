/** The bin: loads a client or the daemon, never both, so that a short command starts fast. */
import { environment } from "./base/environment.ts";
import type { Paths } from "./base/paths.ts";
import { VERSION } from "./base/version.ts";
import type { AuditTrail } from "./contract/audit.ts";

const argv = process.argv.slice(2);
process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);
process.exitCode = await main();

async function main(): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (argv[0] === "ls" && (await isListed())) return 0;
  if (argv.length === 2 && argv[0] === "daemon" && argv[1] === "run") return runDaemon([]);
  if (argv[0] === "fake-agent") return runFakeAgent(argv.slice(1));
  const { runInProcess } = await import("./clients/cli/process.ts");
  return runInProcess(argv, { main: import.meta.filename, runDaemon, runFakeAgent, openAudit });
}

async function isListed(): Promise<boolean> {
  const { tryFastLs } = await import("./clients/cli/fast.ts");
  const { stdout, stderr } = process;
  return tryFastLs({ argv: argv.slice(1), env: environment(), stdout, stderr });
}

async function runDaemon(args: readonly string[]): Promise<number> {
  const daemon = await import("./daemon/main.ts");
  try {
    return await daemon.runDaemon([...args]);
  } catch (error) {
    const { reportFailure } = await import("./clients/cli/report.ts");
    const { stdout, stderr } = process;
    return reportFailure(error, { stdout, stderr, env: environment() }, false);
  }
}

async function runFakeAgent(args: readonly string[]): Promise<number> {
  const agent = await import("./fake-agent/main.ts");
  return agent.runFakeAgent([...args]);
}

async function openAudit(paths: Paths): Promise<AuditTrail> {
  const { openTrail } = await import("./daemon/audit-reader.ts");
  return openTrail(paths);
}

/** A reader such as `head` that has seen enough is no error. */
function endQuietly(error: Error): void {
  if ("code" in error && error.code === "EPIPE") process.exit(0);
  throw error;
}
