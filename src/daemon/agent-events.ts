/** The one port for what agents say themselves: their hooks and their transcripts both speak through it. */
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { AgentWord, Terminal } from "../core/terminals/index.ts";
import type { Deliverer } from "./deliverer.ts";

/** Heard by the delivery under way, as its receipt, and by the terminal, as evidence and as the end of its turn. */
export type AgentVoice = (terminal: Terminal, word: AgentWord) => void;

export function createAgentVoice(ports: {
  readonly deliverer: Pick<Deliverer, "hear">;
  /** The terminal may be able to take its next message. */
  readonly kick: (terminal: Terminal) => void;
  readonly log: Logger;
}): AgentVoice {
  return (terminal, word) => {
    ports.deliverer.hear(terminal, word);
    terminal.hear(word).then(
      () => ports.kick(terminal),
      (error: unknown) => {
        const { id } = terminal.record;
        ports.log.error({ terminal: id, error: describeError(error) }, "a word was not handled");
      },
    );
  };
}
