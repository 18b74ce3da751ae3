import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.ts";
import type { Lifetime } from "../../../src/base/lifetime.ts";
import { silentLog } from "../../../src/base/log.ts";
import type { PaneFacts, PaneSignal, SpawnPane } from "../../../src/core/terminals/index.ts";
import {
  createTmuxDriver,
  type TmuxDriver,
  type TmuxDriverOptions,
} from "../../../src/drivers/tmux/index.ts";
import { createRig, type Rig } from "./rig.ts";

/** A driver on a private server, with every signal it gave. */
export interface DriverRig extends Rig {
  readonly driver: TmuxDriver;
  readonly signals: PaneSignal[];
  /** Another driver on the same server, as after a restart of the daemon. */
  again(): Promise<TmuxDriver>;
  /** Resolves with the first signal, old or new, for which `fits` holds. */
  wait(fits: (signal: PaneSignal) => boolean): Promise<PaneSignal>;
  /** Resolves with the pane's exit code once its death is a fact. */
  death(paneId: string): Promise<number | undefined>;
  spawn(command: string, more?: Partial<SpawnPane>): Promise<PaneFacts>;
  /** Waits until the pane's screen holds the text. */
  shows(paneId: string, text: string): Promise<string>;
}

export async function createDriverRig(
  lifetime: Lifetime,
  kind: "pty" | "pipes" = "pty",
  more: Partial<TmuxDriverOptions> = {},
): Promise<DriverRig> {
  const rig = createRig(lifetime);
  const signals: PaneSignal[] = [];
  const waiting = new Set<(signal: PaneSignal) => void>();
  const again = async (): Promise<TmuxDriver> => {
    const made = await createTmuxDriver({
      socket: rig.socket,
      configPath: join(rig.dir, "tmux.generated.conf"),
      runtimeDir: join(rig.dir, "run"),
      size: { columns: 100, rows: 30 },
      clock: systemClock,
      log: silentLog,
      env: { ...rig.env, CONDUCTOR_CHANNEL: kind },
      ...more,
    });
    lifetime.own(() => made.close());
    made.signals((signal) => {
      signals.push(signal);
      for (const wake of waiting) wake(signal);
    });
    return made;
  };
  const driver = await again();
  await driver.openSession("s", { columns: 100, rows: 30 });

  const wait = (fits: (signal: PaneSignal) => boolean): Promise<PaneSignal> => {
    const old = signals.find(fits);
    if (old !== undefined) return Promise.resolve(old);
    return new Promise((resolve) => {
      const wake = (found: PaneSignal): void => {
        if (!fits(found)) return;
        waiting.delete(wake);
        resolve(found);
      };
      waiting.add(wake);
    });
  };
  let count = 0;
  const spawn: DriverRig["spawn"] = (command, changes = {}) => {
    count += 1;
    return driver.spawn({
      session: "s",
      terminalId: `t_${count}`,
      name: `agent${count}`,
      cwd: rig.dir,
      env: rig.env,
      argv: ["sh", "-c", command],
      logPath: join(rig.dir, "logs", `t_${count}.log`),
      ...changes,
    });
  };
  const shows: DriverRig["shows"] = async (paneId, text) => {
    const found = await wait(
      (seen) => seen.kind === "screen" && seen.paneId === paneId && seen.screen.text.includes(text),
    );
    return found.kind === "screen" ? found.screen.text : "";
  };
  const death: DriverRig["death"] = async (paneId) => {
    const found = await wait(
      (seen) => seen.kind === "facts" && seen.facts.paneId === paneId && seen.facts.dead,
    );
    return found.kind === "facts" ? found.facts.exitCode : undefined;
  };
  return { ...rig, driver, signals, again, wait, death, spawn, shows };
}
