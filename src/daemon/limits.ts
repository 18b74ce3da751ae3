/** Agents at their quota: while it lasts nothing is typed, and at its end they go on as their profile says. */
import type { Clock, Instant } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Profile } from "../core/profiles/index.ts";
import type { Terminal } from "../core/terminals/index.ts";

export interface LimitsPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly live: () => readonly Terminal[];
  readonly onLimit: (profile: string | null) => Profile["onLimit"];
  /** The terminal can be given its next message. */
  readonly kick: (terminal: Terminal) => void;
  /** Puts a message into its inbox, once for each key. */
  readonly prompt: (terminalId: string, body: string, key: string) => Promise<void>;
}

export interface Limits {
  /** When a paused terminal goes on; undefined for all others. */
  pausedUntil(terminal: Terminal): Instant | undefined;
  /** Lets those go on whose limit is over. By the clock, and not by a timer: a laptop may have slept. */
  tick(): void;
}

const GO_ON = "The usage limit that stopped you is over. Go on where you were.";

export function createLimits(ports: LimitsPorts): Limits {
  /** The ends that were told, by terminal; a daemon that starts tells the last again, which its key makes harmless. */
  const over = new Map<string, Instant>();
  const goOn = (terminal: Terminal, retryAt: Instant): void => {
    const { id, profile } = terminal.record;
    ports.kick(terminal);
    if (ports.onLimit(profile) !== "resume") return;
    ports.prompt(id, GO_ON, `limit:${id}:${retryAt}`).catch((error: unknown) => {
      ports.log.error({ terminal: id, error: describeError(error) }, "it was not told to go on");
    });
  };
  return {
    pausedUntil: (terminal) => {
      const { retryAt } = terminal;
      if (retryAt === undefined || retryAt <= ports.clock.now()) return undefined;
      return ports.onLimit(terminal.record.profile) === "ignore" ? undefined : retryAt;
    },
    tick: () => {
      const now = ports.clock.now();
      for (const terminal of ports.live()) {
        const { id } = terminal.record;
        const { retryAt } = terminal;
        if (retryAt === undefined || retryAt > now) over.delete(id);
        else if (over.get(id) !== retryAt) {
          over.set(id, retryAt);
          goOn(terminal, retryAt);
        }
      }
    },
  };
}
