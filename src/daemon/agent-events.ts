/** The one port for what agents say themselves: their hooks and their transcripts both speak through it. */
import type { Instant } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { AgentEvent, AgentWord, Terminal } from "../core/terminals/index.ts";
import type { Deliverer } from "./deliverer.ts";

/** Heard by the delivery under way, as its receipt, and by the terminal, as evidence and as the end of its turn. */
export type AgentVoice = (terminal: Terminal, word: AgentWord) => void;

/** A hook of its own has named the session that it is in. */
export function heardSession(terminal: Terminal, session: string, log: Logger): void {
  terminal.knowSession(session).catch((error: unknown) => {
    const { id } = terminal.record;
    log.warn({ terminal: id, error: describeError(error) }, "a session's name was not stored");
  });
}

export function createAgentVoice(ports: {
  readonly deliverer: Pick<Deliverer, "hear">;
  /** A person stopped the agent, maybe in its own pane. */
  readonly stopped: (terminal: Terminal, at: Instant) => Promise<void>;
  /** The terminal may be able to take its next message. */
  readonly kick: (terminal: Terminal) => void;
  readonly log: Logger;
  readonly words: Words;
}): AgentVoice {
  return (terminal, word) => {
    ports.deliverer.hear(terminal, word);
    ports.words.tell(terminal.record.id, word.event);
    const { event, at } = word;
    const isStopped = event.kind === "turnEnded" && event.state === "interrupted";
    const handled = isStopped
      ? terminal.hear(word).then(() => ports.stopped(terminal, at))
      : terminal.hear(word);
    handled.then(
      () => ports.kick(terminal),
      (error: unknown) => {
        const { id } = terminal.record;
        ports.log.error({ terminal: id, error: describeError(error) }, "a word was not handled");
      },
    );
  };
}

/** For whoever follows what one agent says. */
export interface Words {
  tell(terminalId: string, event: AgentEvent): void;
  follow(terminalId: string, listener: (event: AgentEvent) => void): () => void;
}

export function createWords(): Words {
  const followers = new Map<string, Set<(event: AgentEvent) => void>>();
  return {
    tell: (id, event) => {
      for (const listener of followers.get(id) ?? []) listener(event);
    },
    follow: (id, listener) => {
      const all = followers.get(id) ?? new Set();
      followers.set(id, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0) followers.delete(id);
      };
    },
  };
}
