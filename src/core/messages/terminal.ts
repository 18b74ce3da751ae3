import type { Instant } from "../../base/clock.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { AgentSource, Key } from "../terminals/index.ts";
import type { DeliveryLook } from "./evidence.ts";

/** How this terminal's provider takes a text, from its definition. */
export interface SubmitRules {
  /** Goes in front of a text that would be taken for a command. */
  readonly guard: string;
  /** Goes behind a text that ends in an `@word` or a `/word`. */
  readonly mention: string;
  readonly keepLineFeeds: boolean;
  /** Upper bound; the wait ends as soon as the composer shows the paste. */
  readonly maxWaitBeforeEnterMs: number;
  readonly keys: readonly Key[];
  readonly clearDraft: readonly Key[];
  readonly interrupt: readonly Key[];
}

export type DeliverySignal =
  | { readonly kind: "look"; readonly look: DeliveryLook }
  /** The agent itself has said something: `received` may know more. */
  | { readonly kind: "word" };

/** One terminal as its deliveries see it. */
export interface DeliveryTerminal {
  readonly id: string;
  readonly rules: SubmitRules;
  /** What is known of the pane without looking: where that is in the way already, no look is taken. */
  last?(): DeliveryLook | undefined;
  /** It says itself what it takes in, and its word is worth a wait. */
  speaks?(): boolean;
  /** Whose word, if any since that time, shows that the agent took this text. */
  received?(text: string, since: Instant): AgentSource | undefined;
  /** Captures the pane now and judges it. */
  look(): Promise<DeliveryLook>;
  /** Tells each look that is taken anyway, so that nothing here has to poll; the returned function ends that. */
  watch(listener: (signal: DeliverySignal) => void): () => void;
  /** Puts text into the pane as one paste; presses nothing. */
  paste(text: string, options: { readonly keepLineFeeds: boolean }): Promise<void>;
  keys(keys: readonly Key[]): Promise<void>;
  /** A delivered message began this turn. */
  turnStarted(turn: Turn): void;
  /** The agent is asked to stop for a message. */
  markInterrupted(): void;
}
