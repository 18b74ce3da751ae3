import type { Instant } from "../../base/clock.ts";
import { assertNever } from "../../base/errors.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import { press } from "./press.ts";
import { readMark } from "./question.ts";
import { follow, withoutApproval } from "./reconcile.ts";
import {
  type Effect,
  isQuiet,
  LAST_CALL_MS,
  NOTICE_MS,
  type Notice,
  type PanelEvent,
  type Refusal,
  type State,
  type Step,
} from "./state.ts";
import { fateInWords } from "./words.ts";

/** The panel's one transition function; time comes in with events and never runs in here. */
export function update(state: State, event: PanelEvent): Step {
  switch (event.type) {
    case "key":
      return withWakes(state, press({ ...state, now: event.now }, event.key));
    case "resize":
      return { state: { ...state, size: event.size }, effects: [{ type: "redraw" }] };
    case "tick":
      return withWakes(state, lastCall(state, event.now));
    case "painted":
      return still({ ...state, read: readMark(state) });
    case "snapshot": {
      const back: State = { ...state, now: event.now, link: { name: "live" } };
      const live = state.link.name === "lost" ? say(back, "good", "connected again") : back;
      const next = follow({ ...live, terminals: event.terminals }, event.approvals);
      return withWakes(state, { state: next, effects: hasNews(state, next) ? [BELL] : [] });
    }
    case "lost":
      return still(lose({ ...state, now: event.now }, event.why));
    case "decided":
      return withWakes(state, still(decided({ ...state, now: event.now }, event.approval)));
    case "refused":
      return withWakes(state, refused({ ...state, now: event.now }, event));
    default:
      return assertNever(event);
  }
}

function still(state: State): Step {
  return { state, effects: [] };
}

const BELL: Effect = { type: "bell" };

/** What waited before the panel was there is no news. */
function hasNews(before: State, { queue }: State): boolean {
  if (before.link.name === "connecting") return false;
  return queue.some(({ id }) => before.queue.every((known) => known.id !== id));
}

function lastCall(state: State, now: Instant): Step {
  const ends = state.queue.find(({ expiresAt }) => {
    const isNear = (at: Instant) => expiresAt - at <= LAST_CALL_MS;
    return isNear(now) && !isNear(state.now) && expiresAt > now;
  });
  const after: State = { ...state, now };
  if (ends === undefined) return still(after);
  return { state: say(after, "bad", `#${ends.number} expires in a minute`), effects: [BELL] };
}

/** A pause or a notice that begins has an end that must be drawn. */
function withWakes(before: State, step: Step): Step {
  const { quietUntil, notice } = step.state;
  const effects: Effect[] = [...step.effects];
  if (quietUntil !== before.quietUntil && isQuiet(step.state)) {
    effects.push({ type: "wake", at: quietUntil });
  }
  if (notice !== undefined && notice.until !== before.notice?.until) {
    effects.push({ type: "wake", at: notice.until });
  }
  return { state: step.state, effects };
}

function lose(state: State, why: string): State {
  if (state.link.name === "lost") return state;
  return { ...state, link: { name: "lost", since: state.now, why } };
}

function decided(state: State, approval: ApprovalView): State {
  if (approval.state === "pending") {
    const queue = state.queue.map((each) => (each.id === approval.id ? approval : each));
    const free = without({ ...state, queue }, approval.id);
    return say(free, "good", `#${approval.number} counted; it needs more people`);
  }
  const done = approval.state === "denied" ? "denied" : "approved";
  const rest = withoutApproval(without(state, approval.id), approval.id, undefined);
  return say(rest, "good", `${done} #${approval.number}`);
}

function refused(state: State, refusal: Refusal): Step {
  const known = state.queue.find((each) => each.id === refusal.id);
  const name = known === undefined ? "" : `#${known.number} `;
  const free = without(state, refusal.id);
  switch (refusal.why) {
    case "decided": {
      const fate = fateInWords(refusal.decidedBy, refusal.decidedAt);
      const rest = withoutApproval(free, refusal.id, fate);
      return { state: say(rest, "bad", `${name}${fate}`), effects: [{ type: "refresh" }] };
    }
    case "gone":
      return {
        state: say(withoutApproval(free, refusal.id, "gone"), "bad", `${name}is gone`),
        effects: [{ type: "refresh" }],
      };
    case "changed":
      return {
        state: say({ ...free, read: undefined }, "bad", `${name}changed: read it again`),
        effects: [{ type: "refresh" }],
      };
    case "unreachable":
      return {
        state: say(lose(free, refusal.message), "bad", `${name}no answer: not known if decided`),
        effects: [{ type: "refresh" }],
      };
    case "other":
      return { state: say(free, "bad", `${name}${refusal.message}`), effects: [] };
    default:
      return assertNever(refusal.why);
  }
}

function without(state: State, id: string): State {
  const deciding = new Set(state.deciding);
  deciding.delete(id);
  return { ...state, deciding };
}

function say(state: State, tone: Notice["tone"], text: string): State {
  return { ...state, notice: { text, tone, until: state.now + NOTICE_MS } };
}
