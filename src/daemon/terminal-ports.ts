/** The ports of terminals that come straight from drivers and catalog. */
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import type { Config } from "../contract/config.ts";
import { type Key, key } from "../contract/input.ts";
import type { LeaveRules, PaneDriver, TerminalsPorts } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";

type Given = "driver" | "clock" | "log" | "size" | "logPath" | "leave" | "endProcess" | "zone";

export function terminalPorts(parts: {
  readonly driver: PaneDriver;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly paths: Paths;
  readonly config: Config;
}): Pick<TerminalsPorts, Given> {
  const { driver, clock, log, paths, config, catalog } = parts;
  return {
    driver,
    clock,
    log,
    size: config.size,
    logPath: (terminalId) => join(paths.terminalLogs, `${terminalId}.log`),
    leave: (provider): LeaveRules => {
      const { interrupt, exit, submit } = catalog.running(provider);
      return {
        interrupt: interrupt.filter(isKey),
        clearDraft: submit.clearDraft.filter(isKey),
        exitText: "text" in exit ? exit.text : undefined,
        exitKeys: "keys" in exit ? exit.keys.filter(isKey) : [],
      };
    },
    endProcess,
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

const KEYS: ReadonlySet<string> = new Set(key.options);

/** Provider files are data: only keys of the allow-list ever reach a pane. */
export function isKey(name: string): name is Key {
  return KEYS.has(name);
}

/** The pane's process is a shell of ours around the agent; both are in its process group. */
function endProcess(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, "SIGTERM");
    } catch {
      // Already gone, which is what was wanted.
    }
  }
}
