/** The parts of agents without a pane, put together: their inbox, what drives them, and their environments. */
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import type { Logger } from "../base/log.ts";
import type { Paths } from "../base/paths.ts";
import type { MessageStore } from "../core/messages/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { TranscriptStore } from "../core/transcripts/index.ts";
import { environmentUnder } from "../drivers/process/environ.ts";
import { type AcpPorts, createAcp } from "./acp.ts";
import type { AgentVoice } from "./agent-events.ts";
import type { Catalog } from "./catalog.ts";
import { createHeadless } from "./headless.ts";
import type { Launcher } from "./launcher.ts";
import { createPaneless, type Paneless, type PanelessFailpoint } from "./paneless.ts";
import { ungated } from "./worker-environment.ts";

export interface OpenPanelessPorts {
  readonly messages: MessageStore;
  readonly transcripts: TranscriptStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly paths: Paths;
  /** The daemon's own: what is left where nobody can be asked. */
  readonly env: Environment;
  readonly voice: AgentVoice;
  readonly permits: AcpPorts["permits"];
  readonly launcher: () => Pick<Launcher, "planRun">;
  readonly pausedUntil: (terminal: Terminal) => number | undefined;
  readonly kick: (terminal: Terminal) => void;
  readonly failpoint: ((name: PanelessFailpoint) => void) | undefined;
}

export function openPaneless(ports: OpenPanelessPorts): Paneless {
  const { catalog, transcripts, env: own } = ports;
  /** In memory alone: values are never stored. */
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const plan = (terminal: Terminal) => {
    const env = environments.get(terminal.record.id) ?? ungated(own);
    return ports.launcher().planRun(terminal, env);
  };
  return createPaneless({
    ...ports,
    folder: join(ports.paths.home, "run", "agents"),
    drives: {
      headless: createHeadless({
        ...ports,
        plan,
        format: (provider) => catalog.running(provider).headless?.format,
      }),
      acp: createAcp({
        ...ports,
        plan,
        loadAfterMs: (provider) => (catalog.running(provider).acp?.loadAfterSeconds ?? 0) * 1_000,
      }),
    },
    usage: ({ record }, turnId, usage) => {
      const { id: terminalId, session, name, provider } = record;
      return transcripts.record({ terminalId, session, name, provider, turnId }, null, [usage]);
    },
    keepEnvironment: (id, env) => void environments.set(id, env),
    environmentOf: (pid) => {
      const env = environmentUnder(pid, "CONDUCTOR_TERMINAL_ID");
      return env && ungated(env);
    },
  });
}
