/** Takes work back from an agent: its message while it waits, the turn that it became after that. */
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import type { MessageView } from "../contract/messages.ts";
import type { MessageStore } from "../core/messages/index.ts";
import { isAtDialog, type Terminal, type Terminals } from "../core/terminals/index.ts";

export interface StopWorkPorts {
  readonly messages: Pick<MessageStore, "cancel">;
  readonly terminals: () => Pick<Terminals, "interrupt">;
  readonly clock: Clock;
}

/** True when nothing of that message waits or works any more; asked again after each thing that happened. */
export type StopWork = (
  terminal: Terminal,
  work: { readonly message: MessageView; readonly by: string },
) => Promise<boolean>;

export function createStopWork(ports: StopWorkPorts): StopWork {
  /** Interrupted already: a second key could end the CLI. */
  const interrupted = new Set<string>();
  return async (terminal, { message, by }) => {
    const { id, state, turn } = message;
    if (state === "queued" || state === "delivering") return takeBack(ports, id, by);
    if (turn === null || turn.endedAt !== null) {
      interrupted.delete(id);
      return true;
    }
    if (interrupted.has(id) || !isBusy(terminal)) return false;
    interrupted.add(id);
    await ports.terminals().interrupt(terminal);
    return false;
  };
}

async function takeBack(ports: StopWorkPorts, id: string, by: string): Promise<boolean> {
  try {
    await ports.messages.cancel(id, by, ports.clock.now());
    return true;
  } catch (error) {
    // It is being typed: its turn is stopped once it has begun.
    if (error instanceof ConductorError && error.code === "state.conflict") return false;
    throw error;
  }
}

/** A key would end an idle CLI, and answer the dialog of one that waits: a person does that. */
function isBusy({ status }: Terminal): boolean {
  return status.status !== "idle" && !isAtDialog(status);
}
