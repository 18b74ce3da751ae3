/** Analyses a shell text: walks it from a fresh scope, within bounds, and adds what only the whole shows. */
import type { Action, Analysis, Place } from "./facts.ts";
import { field, SILENT } from "./field.ts";
import { Scope } from "./scope.ts";
import { type Journey, MAX_MS, Walk } from "./walk.ts";

/** Above this the clock is looked at once more. */
const LONG_TEXT = 2_000;

export function analyse(text: string, place: Place, now: () => number): Analysis {
  const journey: Journey = {
    place,
    actions: [],
    flags: new Set(),
    later: [],
    now,
    startedAt: now(),
    commands: 0,
    stopped: false,
  };
  const walk = new Walk(journey, { scope: homeScope(place), via: [], stdin: SILENT, calls: [] });
  withinStack(journey, () => {
    walk.text(text);
    for (let judge = journey.later.shift(); judge !== undefined; judge = journey.later.shift())
      judge();
  });
  // Between two looks at the clock one long word may have taken its time.
  if (text.length > LONG_TEXT && now() - journey.startedAt > MAX_MS) journey.flags.add("limit");
  if (sendsWhatItReads(journey.actions)) journey.actions.push(SENDING);
  return { actions: journey.actions, flags: [...journey.flags] };
}

/** Nesting that is too deep for us is beyond a bound like any other; what was found stays found. */
function withinStack(journey: Journey, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    journey.flags.add("limit");
  }
}

/** Through `/dev/tcp` any command of the text can send what any other read. */
function sendsWhatItReads(actions: readonly Action[]): boolean {
  const facts = actions.flatMap((action) => action.facts);
  const connects = facts.some(
    ({ deed, path }) => deed === "send-data" && /^\/dev\/(tcp|udp)\//.test(path ?? ""),
  );
  return (
    connects &&
    facts.some(({ deed, note }) => deed === "read-secret" || /interactive shell/.test(note))
  );
}

const SENDING: Action = {
  argv: [],
  words: [],
  via: [],
  cwd: null,
  dynamic: false,
  redirects: [],
  facts: [{ deed: "send-secret", note: "sends what it reads to another machine" }],
};

function homeScope(place: Place): Scope {
  const scope = new Scope(place.cwd);
  const known = {
    HOME: place.home,
    USER: place.user,
    LOGNAME: place.user,
    TMPDIR: "/tmp",
    OLDPWD: undefined,
  };
  for (const [name, value] of Object.entries(known))
    scope.variables.set(name, value === undefined ? undefined : [field(value)]);
  return scope;
}
