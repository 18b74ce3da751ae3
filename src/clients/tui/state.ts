import type { Instant } from "../../base/clock.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import type { TerminalView } from "../../contract/terminals.ts";
import type { Size } from "./cells.ts";
import type { PanelVerdict } from "./client.ts";
import type { Key } from "./keys.ts";

/** How long keys are ignored after the list moved under the cursor. */
export const QUIET_MS = 500;
export const NOTICE_MS = 6_000;
/** So long before it expires a question is called out again. */
export const LAST_CALL_MS = 60_000;

export type Link =
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  | { readonly name: "lost"; readonly since: Instant; readonly why: string };

/** A question somebody is reading; `fate` says why it cannot be answered any more. */
export interface Held {
  readonly approval: ApprovalView;
  readonly fate?: string;
}

export type ReadingMode =
  | { readonly name: "list" }
  | { readonly name: "detail"; readonly held: Held }
  /** A yes from now on is about to be confirmed: what it covers stands there. */
  | { readonly name: "always"; readonly held: Held; readonly from: "list" | "detail" }
  | {
      readonly name: "deny";
      readonly held: Held;
      readonly reason: string;
      readonly from: "list" | "detail";
    };
export type Mode =
  | ReadingMode
  | { readonly name: "help"; readonly back: ReadingMode; readonly top: number };

export interface Notice {
  readonly text: string;
  readonly tone: "good" | "bad";
  readonly until: Instant;
}

/** How much of a question stood on the screen so far; `upTo` is an offset in its text. */
export interface ReadMark {
  readonly id: string;
  readonly hash: string;
  readonly upTo: number;
}

export interface State {
  readonly size: Size;
  readonly now: Instant;
  readonly link: Link;
  /** Pending, oldest first. */
  readonly queue: readonly ApprovalView[];
  readonly terminals: readonly TerminalView[];
  readonly selectedId: string | undefined;
  /** First line of the question that is shown. */
  readonly top: number;
  readonly mode: Mode;
  readonly quietUntil: Instant;
  readonly notice: Notice | undefined;
  readonly deciding: ReadonlySet<string>;
  /** Settled as far as we know: a snapshot taken before the verdict cannot bring them back. */
  readonly settled: ReadonlySet<string>;
  readonly read: ReadMark | undefined;
}

export type PanelEvent =
  | { readonly type: "key"; readonly key: Key; readonly now: Instant }
  | { readonly type: "resize"; readonly size: Size }
  | { readonly type: "tick"; readonly now: Instant }
  /** The last view stands on the screen. */
  | { readonly type: "painted" }
  | {
      readonly type: "snapshot";
      readonly approvals: readonly ApprovalView[];
      readonly terminals: readonly TerminalView[];
      readonly now: Instant;
    }
  | { readonly type: "lost"; readonly why: string; readonly now: Instant }
  | { readonly type: "decided"; readonly approval: ApprovalView; readonly now: Instant }
  | ({ readonly type: "refused"; readonly now: Instant } & Refusal);

export interface Refusal {
  readonly id: string;
  readonly why: "decided" | "changed" | "gone" | "unreachable" | "other";
  readonly message: string;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
}

export type Effect =
  | { readonly type: "decide"; readonly id: string; readonly verdict: PanelVerdict }
  | { readonly type: "refresh" }
  /** Send a tick at that time. */
  | { readonly type: "wake"; readonly at: Instant }
  | { readonly type: "redraw" }
  /** A sound, or what the terminal does in its place: tmux tells it in its other windows. */
  | { readonly type: "bell" }
  | { readonly type: "quit" };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function initialState(size: Size, now: Instant): State {
  return {
    size,
    now,
    link: { name: "connecting" },
    queue: [],
    terminals: [],
    selectedId: undefined,
    top: 0,
    mode: { name: "list" },
    quietUntil: 0,
    notice: undefined,
    deciding: new Set(),
    settled: new Set(),
    read: undefined,
  };
}

export function selected(state: State): ApprovalView | undefined {
  return state.queue.find((each) => each.id === state.selectedId);
}

/** The question a verdict would be about. */
export function heldOf(state: State): Held | undefined {
  if ("held" in state.mode) return state.mode.held;
  const approval = selected(state);
  return approval && { approval };
}

export function isQuiet(state: State): boolean {
  return state.now < state.quietUntil;
}
