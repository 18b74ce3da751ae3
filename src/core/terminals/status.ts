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
  /** Since when this source has said the same, where it is asked again and again. */
  readonly since?: Instant | undefined;
  /** Gives way to whatever is seen after it. */
  readonly yields?: boolean | undefined;
}

/** A limit as its notice tells of it. */
export interface Limit {
  readonly notice: string;
  readonly retryAt: Instant | null;
}

export type StatusSignal =
  | {
      readonly kind: "screen";
      readonly at: Instant;
      readonly source: "title" | "screen" | "none";
      readonly status: StatusName;
      readonly detail: StatusDetail;
      readonly rule: string;
      readonly composer: Composer;
      /** A turn was submitted and has not ended. */
      readonly turnOpen: boolean;
      readonly limit?: Limit | undefined;
    }
  /** The agent's own word. */
  | {
      readonly kind: "agent";
      readonly source: "hook" | "transcript";
      readonly at: Instant;
      readonly status: StatusName;
      readonly detail: StatusDetail;
      readonly rule: string;
      readonly limit?: Limit | undefined;
    }
  /** Of an agent without a pane: whether it works on a prompt. */
  | { readonly kind: "process"; readonly at: Instant; readonly status: "idle" | "working" }
  /** It can tell no more of its status: whatever is seen from here on counts. */
  | { readonly kind: "unsaid"; readonly source: "hook" | "transcript"; readonly at: Instant }
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
  /** Our gate keeps a command of the agent's waiting for a human. */
  | { readonly kind: "held"; readonly at: Instant; readonly rule: string }
  | { readonly kind: "released"; readonly at: Instant }
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
  readonly beliefs: { readonly [source in EvidenceSource]?: Belief | undefined };
  /** What it was told last, until it works again. */
  readonly limit?: Limit | undefined;
}

/** An agent's own word is worth this long against a screen that no rule knows. */
const WORD_FRESH_MS = 5 * 60_000;
/** A screen is drawn after the word and may be late; one that says otherwise for so long is right. */
export const SCREEN_LAG_MS = 3_000;

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
  const told = signal.kind === "screen" || signal.kind === "agent" ? signal.limit : undefined;
  const next = afterSignal(state, signal);
  const limit = limitOf(state, next, told);
  return next.limit === limit ? next : { ...next, limit };
}

/** The same words are the same notice: its "in 3 hours" counts from when it came, however often it is seen. */
function limitOf(
  { limit: known }: TerminalStatus,
  { status, detail }: TerminalStatus,
  told: Limit | undefined,
): Limit | undefined {
  if (status === "working" || status === "exited" || status === "lost") return undefined;
  if (status === "idle" && detail !== "limited") return undefined;
  if (told === undefined || told.notice === known?.notice) return known;
  return told.retryAt === null ? (known ?? told) : told;
}

function afterSignal(state: TerminalStatus, signal: StatusSignal): TerminalStatus {
  switch (signal.kind) {
    case "screen":
      return fromScreen(state, signal);
    case "agent":
      return decide(
        { ...state, beliefs: { ...state.beliefs, [signal.source]: toBelief(signal) } },
        signal.at,
      );
    case "process":
      return fromProcess(state, signal);
    case "unsaid":
      return unsaid(state, signal);
    case "quiet":
      return fromQuiet(state, signal);
    case "held":
      return whileHeld(state, signal);
    case "released":
      return afterRelease(state, signal.at);
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
    if (held === undefined) return [];
    const decided = source === state.decidedBy;
    const limit = decided && held.detail === "limited" ? state.limit : undefined;
    return [{ source, ...toBelief(held), decided, ...(limit === undefined ? {} : { limit }) }];
  });
}

/** What it shows wants an answer of a person. A command that our gate holds does not: its CLI is at work. */
export function isAtDialog({ status, decidedBy }: TerminalStatus): boolean {
  return status === "waiting" && decidedBy !== "gate";
}

const RANK: readonly EvidenceSource[] = [
  "gate",
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

function fromProcess(
  state: TerminalStatus,
  { at, status }: Extract<StatusSignal, { kind: "process" }>,
): TerminalStatus {
  const rule = status === "idle" ? "it works on nothing" : "it works on a prompt";
  const process: Belief = { status, detail: "", rule, at };
  const composer = status === "idle" ? "empty" : "unknown";
  return decide({ ...state, composer, beliefs: { ...state.beliefs, process } }, at);
}

function unsaid(
  state: TerminalStatus,
  { source, at }: Extract<StatusSignal, { kind: "unsaid" }>,
): TerminalStatus {
  const held = state.beliefs[source];
  if (held === undefined) return state;
  return { ...state, beliefs: { ...state.beliefs, [source]: { ...held, at, yields: true } } };
}

type ScreenSignal = Extract<StatusSignal, { kind: "screen" }>;

function fromScreen(state: TerminalStatus, signal: ScreenSignal): TerminalStatus {
  const before = state.beliefs.title ?? state.beliefs.screen;
  const same = before?.status === signal.status && before.detail === signal.detail;
  const seen = { ...toBelief(signal), since: same ? before.since : signal.at };
  const { gate, hook, transcript } = state.beliefs;
  const said = { gate, hook, transcript };
  const next = { ...state, composer: signal.composer };
  if (signal.source === "none" || signal.status === "unknown") {
    return decide({ ...next, beliefs: { ...said, none: unknownAs(state, signal) } }, signal.at);
  }
  return decide({ ...next, beliefs: { ...said, [signal.source]: seen } }, signal.at);
}

/** A screen that no rule knows: still starting, or still busy with a turn we gave it; else unknown. */
function unknownAs(state: TerminalStatus, signal: ScreenSignal): Belief {
  const { at } = signal;
  if (state.status === "starting")
    return { status: "starting", detail: "", rule: "not ready yet", at };
  const wasBusy = state.status === "working" || state.beliefs.gate !== undefined;
  if (signal.turnOpen && wasBusy) {
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

function whileHeld(
  state: TerminalStatus,
  { at, rule }: Extract<StatusSignal, { kind: "held" }>,
): TerminalStatus {
  const gate: Belief = { status: "waiting", detail: "permission", rule, at };
  return decide({ ...state, beliefs: { ...state.beliefs, gate } }, at);
}

function afterRelease(state: TerminalStatus, at: Instant): TerminalStatus {
  const { gate: _gate, ...others } = state.beliefs;
  return decide({ ...state, beliefs: others }, at);
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
  if (beliefs.gate !== undefined) return "gate";
  const word = wordOf(beliefs);
  const held = word === undefined ? undefined : beliefs[word];
  if (word !== undefined && held !== undefined && stands(held, beliefs, at)) return word;
  const others = RANK.filter((source) => source !== "hook" && source !== "transcript");
  return others.find((source) => beliefs[source] !== undefined) ?? "none";
}

/** The hook's, unless the transcript tells of something later. */
function wordOf({
  hook,
  transcript,
}: TerminalStatus["beliefs"]): "hook" | "transcript" | undefined {
  if (hook === undefined) return transcript === undefined ? undefined : "transcript";
  return transcript !== undefined && transcript.at > hook.at + SCREEN_LAG_MS
    ? "transcript"
    : "hook";
}

function stands(word: Belief, beliefs: TerminalStatus["beliefs"], at: Instant): boolean {
  const screen = beliefs.title ?? beliefs.screen;
  if (screen === undefined) return at - word.at <= WORD_FRESH_MS;
  if (screen.at <= word.at) return true;
  if (word.yields === true) return false;
  // What is on the screen now and needs a human outranks what was said before it.
  if (screen.status === "waiting") return false;
  if (screen.status === word.status) return screen.detail === "" || screen.detail === word.detail;
  if (at - word.at > WORD_FRESH_MS) return false;
  return screen.at - Math.max(word.at, screen.since ?? screen.at) < SCREEN_LAG_MS;
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
