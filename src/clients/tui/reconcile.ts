import type { ApprovalView } from "../../contract/approvals.ts";
import { type Held, type Mode, QUIET_MS, type ReadingMode, type State, selected } from "./state.ts";
import { fateInWords } from "./words.ts";

/** Takes a new list; the cursor stays with its approval, and keys pause if that one moved. */
export function follow(state: State, approvals: readonly ApprovalView[]): State {
  const queue = approvals
    .filter((each) => each.state === "pending" && !state.settled.has(each.id))
    .toSorted((left, right) => left.createdAt - right.createdAt || left.number - right.number);
  return withQueue(state, queue, (id) => {
    const settled = approvals.find((each) => each.id === id);
    return settled === undefined ? "not pending any more" : fateOf(settled);
  });
}

/** `fate` tells a reader of that approval why it went; without one nothing is left to read. */
export function withoutApproval(state: State, id: string, fate: string | undefined): State {
  const settled = new Set(state.settled).add(id);
  const queue = state.queue.filter((each) => each.id !== id);
  const isOpen = "held" in state.mode && state.mode.held.approval.id === id;
  const mode: Mode = isOpen && fate === undefined ? { name: "list" } : state.mode;
  return withQueue({ ...state, settled, mode }, queue, () => fate ?? "decided");
}

function withQueue(
  state: State,
  queue: readonly ApprovalView[],
  fateOfGone: (id: string) => string,
): State {
  const index = state.queue.findIndex((each) => each.id === state.selectedId);
  const stays = queue.some((each) => each.id === state.selectedId);
  const heir = queue[Math.min(Math.max(index, 0), queue.length - 1)];
  const selectedId = stays ? state.selectedId : heir?.id;
  const moved: State = {
    ...state,
    queue,
    selectedId,
    mode: freshMode(state.mode, queue, fateOfGone),
  };
  const isShift =
    selectedId !== state.selectedId ||
    queue.findIndex((each) => each.id === selectedId) !== index ||
    selected(moved)?.hash !== selected(state)?.hash;
  if (!isShift) return moved;
  const top = selectedId === state.selectedId ? state.top : 0;
  return { ...moved, top, quietUntil: state.now + QUIET_MS };
}

function freshMode(
  mode: Mode,
  queue: readonly ApprovalView[],
  fateOfGone: (id: string) => string,
): Mode {
  if (mode.name === "help") return { ...mode, back: freshReading(mode.back, queue, fateOfGone) };
  return freshReading(mode, queue, fateOfGone);
}

function freshReading(
  mode: ReadingMode,
  queue: readonly ApprovalView[],
  fateOfGone: (id: string) => string,
): ReadingMode {
  if (mode.name === "list") return mode;
  return { ...mode, held: freshHeld(mode, queue, fateOfGone) };
}

function freshHeld(
  { name, held }: { name: "detail" | "always" | "deny"; held: Held },
  queue: readonly ApprovalView[],
  fateOfGone: (id: string) => string,
): Held {
  const now = queue.find((each) => each.id === held.approval.id);
  if (now === undefined) return { ...held, fate: held.fate ?? fateOfGone(held.approval.id) };
  // What was being written or confirmed was about the old question; it must not go out with the new one.
  if (name !== "detail" && now.hash !== held.approval.hash) {
    return { ...held, fate: "the question changed" };
  }
  return held.fate === undefined ? { approval: now } : held;
}

function fateOf(approval: ApprovalView): string {
  const words = new Map([
    ["expired", "expired, which denies it"],
    ["abandoned", "nobody waits for the answer any more"],
    ["cancelled", "cancelled"],
  ]);
  return words.get(approval.state) ?? fateInWords(approval.decidedBy, approval.decidedAt);
}
