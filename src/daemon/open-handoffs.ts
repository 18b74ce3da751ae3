/** The parts of handoffs, put together: what asks, what drives, who works. */
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../contract/config.ts";
import type { HandoffFailpoint, HandoffStore } from "../core/handoffs/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { MessageStore } from "../core/messages/index.ts";
import type { Terminals } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";
import { HandoffRunner } from "./handoff-runner.ts";
import { createWorkers } from "./handoff-workers.ts";
import { createHandoffs, type Handoffs } from "./handoffs.ts";
import type { Launcher } from "./launcher.ts";
import type { Postman } from "./postman.ts";
import { createWorkerEnvironments } from "./worker-environment.ts";

export interface OpenHandoffsPorts {
  readonly handoffs: HandoffStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly launcher: Pick<Launcher, "launchWorker">;
  readonly postman: Pick<Postman, "send" | "kick">;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config["handoffs"];
  readonly env: Environment;
  readonly failpoint: ((name: HandoffFailpoint) => void) | undefined;
}

export interface OpenHandoffs extends Handoffs, Pick<HandoffRunner, "senderStopped"> {
  /** Goes on with what the daemon before left; terminals are known by then. */
  start(): Promise<void>;
}

export function openHandoffs(ports: OpenHandoffsPorts, lifetime: Lifetime): OpenHandoffs {
  const { terminals, journal, config, env: own } = ports;
  const environments = lifetime.own(createWorkerEnvironments({ terminals, journal, own }));
  const workers = createWorkers({ ...ports, environmentOf: (each) => environments.of(each) });
  const returnMs = config.returnSeconds * 1_000;
  const runner = lifetime.own(new HandoffRunner({ ...ports, workers, returnMs }));
  const handoffs = createHandoffs({
    ...ports,
    runner,
    keepEnvironment: (id, env) => environments.keep(id, env),
  });
  return {
    ...handoffs,
    start: () => runner.start(),
    senderStopped: (terminal, at) => runner.senderStopped(terminal, at),
  };
}
