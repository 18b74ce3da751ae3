/** Whether a handoff may be made: no cycle of agents that wait for each other, and not too deep. Pure. */
import { ConductorError } from "../../base/errors.ts";
import { terminalOfActor } from "../messages/index.ts";
import type { Bounds, HandoffRecord, NewHandoff } from "./store.ts";

type Open = Pick<
  HandoffRecord,
  "id" | "kind" | "state" | "from" | "fromName" | "terminalId" | "depth" | "createdAt"
>;

export interface Surroundings extends Bounds {
  /** All that are not settled. */
  readonly open: readonly Open[];
  readonly profileOf: (terminalId: string) => string | null;
}

export interface Place {
  readonly parent: string | null;
  readonly depth: number;
}

/** @throws {ConductorError} `state.conflict`, telling what to do instead */
export function admit(
  asked: Pick<NewHandoff, "kind" | "from" | "target">,
  { open, profileOf, maxDepth, maxOpen }: Surroundings,
): Place {
  const sender = terminalOfActor(asked.from);
  if (sender === undefined) return { parent: null, depth: 1 };
  if (open.filter(({ from }) => from === asked.from).length >= maxOpen)
    throw new ConductorError(
      "state.conflict",
      `${maxOpen} pieces of work that you gave are open already`,
      { hint: "end your turn and wait for results, or cancel some" },
    );
  const parents = open.filter(({ terminalId }) => terminalId === sender);
  const above = ancestors(parents, open);
  const waiting = above.filter(({ kind }) => kind === "handoff");
  refuseCycle(asked, sender, waiting, profileOf);
  const depth = 1 + Math.max(0, ...parents.map((parent) => parent.depth));
  if (depth > maxDepth) {
    throw new ConductorError(
      "state.conflict",
      `work was handed on ${maxDepth} times already, and no further`,
      { hint: "do this part yourself, and answer with what you have", data: { depth, maxDepth } },
    );
  }
  return { parent: parents.toSorted(byActivity)[0]?.id ?? null, depth };
}

function ancestors(parents: readonly Open[], open: readonly Open[]): Open[] {
  const found = new Map(parents.map((each) => [each.id, each]));
  for (const each of found.values()) {
    const sender = terminalOfActor(each.from);
    for (const further of open)
      if (sender !== undefined && further.terminalId === sender) found.set(further.id, further);
  }
  return [...found.values()];
}

function refuseCycle(
  asked: Pick<NewHandoff, "kind" | "target">,
  sender: string,
  waiting: readonly Open[],
  profileOf: (terminalId: string) => string | null,
): void {
  const { target } = asked;
  if ("terminalId" in target) {
    if (target.terminalId === sender)
      throw new ConductorError("state.conflict", "an agent cannot hand work to itself", {
        hint: "do it yourself, or name another agent",
      });
    const waits = waiting.find(({ from }) => terminalOfActor(from) === target.terminalId);
    if (waits !== undefined) throw cycle(waits.fromName);
    return;
  }
  const own = asked.kind === "handoff" ? [sender] : [];
  const above = waiting.flatMap(({ from }) => terminalOfActor(from) ?? []);
  const isWaiting = [...own, ...above].some((id) => profileOf(id) === target.profile);
  if (isWaiting) throw cycle(`an agent with the profile ${target.profile}`);
}

function cycle(who: string): ConductorError {
  return new ConductorError("state.conflict", `${who} waits for this very work already`, {
    hint: "do this part yourself, or end your turn and say what you need: that goes to who asked you",
  });
}

/** What is worked on comes before what only waits in the inbox; then the newest. */
function byActivity(one: Open, other: Open): number {
  const works = ({ state }: Open): number => Number(state === "running" || state === "question");
  return works(other) - works(one) || other.createdAt - one.createdAt;
}
