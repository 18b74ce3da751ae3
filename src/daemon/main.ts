/** `conductor daemon run`: takes the lock, builds the parts, serves until told to stop. */
import { dirname, join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { environment } from "../base/environment.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { resolvePaths } from "../base/paths.ts";
import { VERSION } from "../base/version.ts";
import { openPolicies, watchCatalog } from "../drivers/files/index.ts";
import { openStores } from "../drivers/sqlite/index.ts";
import { takeRunLock } from "../drivers/sqlite/run-lock.ts";
import { createTmuxDriver, shellQuote } from "../drivers/tmux/index.ts";
import { bundledFolder } from "./bundled.ts";
import { createCatalog } from "./catalog.ts";
import { compose } from "./compose.ts";
import { prepareHome, readConfig } from "./home.ts";
import { createLog } from "./log.ts";
import { watchOwnFiles } from "./own-files.ts";
import { shippedPolicy, tellOfPolicy, tellOfTrust, trustTold } from "./policy-desk.ts";
import type { Services } from "./services.ts";

/** Resolves with the exit code when the daemon was told to stop. */
export function runDaemon(_argv: readonly string[]): Promise<number> {
  return Lifetime.run((lifetime) => serve(lifetime));
}

/** @param serving  called once it serves */
export async function serve(
  lifetime: Lifetime,
  serving: (services: Services) => void = () => undefined,
): Promise<number> {
  const env = environment();
  const paths = resolvePaths(env);
  prepareHome(paths);
  const lock = join(paths.home, "daemon.lock");
  lifetime.own(takeRunLock(lock));
  const config = readConfig(paths);
  const log = createLog(paths.daemonLog, config.log);
  log.info({ version: VERSION, node: process.version, home: paths.home }, "the daemon starts");
  const told = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => told.resolve(signal));
  }
  process.on("unhandledRejection", (error) => {
    log.error({ error: describeError(error) }, "a promise was rejected and nobody listened");
  });

  const stores = lifetime.own(openStores(paths.database, { log }));
  const files = lifetime.own(
    await watchCatalog({
      providers: [bundledFolder("providers"), paths.providers],
      profiles: [bundledFolder("profiles"), paths.profiles],
      log,
    }),
  );
  const driver = await createTmuxDriver({
    socket: config.tmux.socket,
    configPath: join(paths.home, "tmux.generated.conf"),
    userConfigPath: paths.tmuxConfig,
    runtimeDir: join(paths.home, "run"),
    size: config.size,
    panelCommand: panelCommand(paths.home),
    clock: systemClock,
    log,
    env,
  });
  lifetime.own(() => driver.close());
  const services = await compose(
    {
      paths,
      env,
      config,
      log,
      stores,
      driver,
      tmuxFolder: dirname(driver.socketPath),
      clock: systemClock,
      catalog: createCatalog(files),
      policies: openPolicies({
        builtin: join(bundledFolder("policies"), "builtin.yaml"),
        shipped: shippedPolicy(),
        own: paths.policy,
        trust: paths.trust,
        onChange: (change) => tellOfPolicy(change, stores.tell, log),
        onTrust: (change) => tellOfTrust(change, stores.tell),
        told: await trustTold(stores.journal),
      }),
      failpoint: failpointFrom(env["CONDUCTOR_FAILPOINT"]),
      stop: () => told.resolve("a client's wish"),
      attach: (terminalId, how) => attachArgv(terminalId, how),
    },
    lifetime,
  );
  log.info({ http: services.describe().http, channel: driver.channel }, "the daemon serves");
  serving(services);
  const gone = (file: string): void => told.resolve(`${file} is gone`);
  lifetime.own(watchOwnFiles([lock, paths.socket], { log, gone }));
  const why = await told.promise;
  log.info({ why }, "the daemon stops; agents go on");
  return 0;

  function attachArgv(
    terminalId: string,
    how: { readOnly: boolean; keepSize: boolean },
  ): readonly string[] {
    const { paneId, name } = services.terminals.find(terminalId).record;
    if (paneId !== null) return driver.viewer(paneId, how);
    throw new ConductorError("pane.gone", `${name} has no pane`);
  }
}

/** The side pane in a popup: tmux's own environment knows nothing of a home that was chosen. */
function panelCommand(home: string): string {
  const [, main = ""] = process.argv;
  const words = [`CONDUCTOR_HOME=${home}`, process.execPath, main, "panel"];
  return ["exec env", ...words.map(shellQuote)].join(" ");
}

/** For tests: the daemon dies at the named place as if by `kill -9`. */
function failpointFrom(name: string | undefined): ((reached: string) => void) | undefined {
  if (name === undefined) return undefined;
  return (reached) => {
    if (reached === name) process.kill(process.pid, "SIGKILL");
  };
}
