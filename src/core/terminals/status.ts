/**
 * What a terminal is doing, decided from ranked evidence. Pure: time comes in with the signal.
 * Strongest first: hook, transcript, title, screen, process, silence; but the death of the process
 * vetoes all, and what is not known is `unknown`, never a guess.
 */

import type { Instant } from "../../base/clock.ts";
import { assertNever } from "../../base/errors.ts";
import type {
  Composer,
  Evidence,
  EvidenceSource,
  StatusDetail,
  StatusName,
} from "../../contract/status.ts";

/** One source's last word. */
export interface Belief {
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly rule: string;
  readonly at: Instant;
}

export type ScreenSource = "title" | "screen" | "process" | "none";

export type StatusSignal =
  | {
      readonly kind: "screen";
      readonly at: Instant;
      readonly source: ScreenSource;
      readonly status: StatusName;
      readonly detail: StatusDetail;
      readonly rule: string;
      readonly composer: Composer;
      /** A turn was submitted and has not ended. */
      readonly turnOpen: boolean;
    }
  | {
      readonly kind: "hook";
      readonly at: Instant;
      readonly status: StatusName;
      readonly detail: StatusDetail;
      readonly rule: string;
    }
  /** The screen did not change for a while; only a provider that lives by stability takes it as idle. */
  | {
      readonly kind: "quiet";
      readonly at: Instant;
      readonly forMs: number;
      readonly meansIdle: boolean;
    }
  | {
      readonly kind: "dead";
      readonly at: Instant;
      readonly exitCode: number | null;
      /** Where it is known who ended it. */
      readonly rule?: string;
    }
  /** The time to get ready is over; only a terminal that is still starting minds. */
  | { readonly kind: "overdue"; readonly at: Instant; readonly rule: string }
  | { readonly kind: "lost"; readonly at: Instant; readonly rule: string };

export interface TerminalStatus {
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly composer: Composer;
  /** Since when this status and detail hold. */
  readonly since: Instant;
  readonly decidedBy: EvidenceSource;
  readonly beliefs: Partial<Record<EvidenceSource, Belief>>;
}

/** A hook's word is worth this long against a screen that says otherwise. */
const HOOK_FRESH_MS = 5 * 60_000;

export function startingStatus(at: Instant): TerminalStatus {
  const belief: Belief = { status: "starting", detail: "", rule: "launched", at };
  return {
    status: "starting",
    detail: "",
    composer: "unknown",
    since: at,
    decidedBy: "process",
    beliefs: { process: belief },
  };
}

export function nextStatus(state: TerminalStatus, signal: StatusSignal): TerminalStatus {
  switch (signal.kind) {
    case "screen":
      return fromScreen(state, signal);
    case "hook":
      return decide({ ...state, beliefs: { ...state.beliefs, hook: toBelief(signal) } }, signal.at);
    case "quiet":
      return fromQuiet(state, signal);
    case "dead":
      return end(
        state,
        "exited",
        signal.at,
        signal.rule ?? `the process ended with ${signal.exitCode ?? "a signal"}`,
      );
    case "overdue":
      return state.status === "starting" ? overdue(state, signal) : state;
    case "lost":
      return end(state, "lost", signal.at, signal.rule);
    default:
      return assertNever(signal);
  }
}

/** The evidence as `conductor why` shows it, strongest first. */
export function explain(state: TerminalStatus): Evidence[] {
  return RANK.flatMap((source) => {
    const held = state.beliefs[source];
    return held === undefined ? [] : [{ source, ...held, decided: source === state.decidedBy }];
  });
}

const RANK: readonly EvidenceSource[] = [
  "hook",
  "transcript",
  "title",
  "screen",
  "process",
  "silence",
  "none",
];

function toBelief(signal: Belief): Belief {
  return { status: signal.status, detail: signal.detail, rule: signal.rule, at: signal.at };
}

type ScreenSignal = Extract<StatusSignal, { kind: "screen" }>;

function fromScreen(state: TerminalStatus, signal: ScreenSignal): TerminalStatus {
  const seen = toBelief(signal);
  const { title: _title, screen: _screen, none: _none, silence: _silence, ...kept } = state.beliefs;
  const next = { ...state, composer: signal.composer };
  if (signal.source === "process") {
    return decide({ ...next, beliefs: { ...kept, process: seen } }, signal.at);
  }
  const { process: _process, ...alive } = kept;
  if (signal.source === "none" || signal.status === "unknown") {
    return decide({ ...next, beliefs: { ...alive, none: unknownAs(state, signal) } }, signal.at);
  }
  return decide({ ...next, beliefs: { ...alive, [signal.source]: seen } }, signal.at);
}

/** A screen that no rule knows: still starting, or still busy with a turn we gave it; else unknown. */
function unknownAs(state: TerminalStatus, signal: ScreenSignal): Belief {
  const { at } = signal;
  if (state.status === "starting")
    return { status: "starting", detail: "", rule: "not ready yet", at };
  if (signal.turnOpen && state.status === "working") {
    return { status: "working", detail: "", rule: "a turn is open and the screen moves", at };
  }
  return { status: "unknown", detail: "", rule: "no rule knows this screen", at };
}

function fromQuiet(
  state: TerminalStatus,
  signal: Extract<StatusSignal, { kind: "quiet" }>,
): TerminalStatus {
  const seconds = (signal.forMs / 1000).toFixed(1);
  const silence: Belief = signal.meansIdle
    ? { status: "idle", detail: "", rule: `no change for ${seconds} s`, at: signal.at }
    : {
        status: "unknown",
        detail: "",
        rule: `no rule knows this screen, quiet for ${seconds} s`,
        at: signal.at,
      };
  const { none, ...others } = state.beliefs;
  if (none === undefined || (none.status === "starting" && !signal.meansIdle)) return state;
  const composer = signal.meansIdle ? "empty" : state.composer;
  return decide({ ...state, composer, beliefs: { ...others, silence } }, signal.at);
}

function overdue(state: TerminalStatus, signal: { at: Instant; rule: string }): TerminalStatus {
  const process: Belief = { status: "error", detail: "", rule: signal.rule, at: signal.at };
  return decide({ ...state, beliefs: { process } }, signal.at);
}

function decide(state: TerminalStatus, at: Instant): TerminalStatus {
  const source = strongest(state.beliefs, at);
  const held = state.beliefs[source];
  if (held === undefined) return state;
  const same = held.status === state.status && held.detail === state.detail;
  return {
    ...state,
    status: held.status,
    detail: held.detail,
    since: same ? state.since : at,
    decidedBy: source,
  };
}

function strongest(beliefs: TerminalStatus["beliefs"], at: Instant): EvidenceSource {
  const screen = beliefs.title ?? beliefs.screen;
  const present = RANK.filter((source) => beliefs[source] !== undefined);
  for (const source of present) {
    const held = beliefs[source];
    if (held === undefined) continue;
    const native = source === "hook" || source === "transcript";
    if (!native) return source;
    // What is on the screen now and needs a human outranks what a hook said before it.
    const overtaken = screen !== undefined && screen.at > held.at && screen.status === "waiting";
    if (!overtaken && at - held.at <= HOOK_FRESH_MS) return source;
  }
  return present.at(-1) ?? "none";
}

function end(state: TerminalStatus, status: StatusName, at: Instant, rule: string): TerminalStatus {
  const process: Belief = { status, detail: "", rule, at };
  const since = state.status === status ? state.since : at;
  return {
    status,
    detail: "",
    composer: "unknown",
    since,
    decidedBy: "process",
    beliefs: { process },
  };
}
