import type { Clock } from "../../base/clock.ts";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { PanelClient } from "./client.ts";
import type { Effect, PanelEvent, Refusal } from "./state.ts";

/** Sends a verdict; whatever comes back is an event. */
export async function decide(
  client: PanelClient,
  clock: Clock,
  { id, verdict }: Effect & { type: "decide" },
): Promise<PanelEvent> {
  try {
    const approval = await client.decide(id, verdict);
    return { type: "decided", approval, now: clock.now() };
  } catch (error) {
    const refusal = await withWinner(client, refusalOf(id, error));
    return { type: "refused", ...refusal, now: clock.now() };
  }
}

function refusalOf(id: string, error: unknown): Refusal {
  const message = describeError(error);
  if (!(error instanceof ConductorError)) {
    return { id, why: "other", message, decidedBy: null, decidedAt: null };
  }
  return { id, why: reasons.get(error.code) ?? "other", message, ...winnerOf(error.data) };
}

async function withWinner(client: PanelClient, refusal: Refusal): Promise<Refusal> {
  if (refusal.why !== "decided" || refusal.decidedAt !== null) return refusal;
  try {
    const settled = await client.approval?.(refusal.id);
    if (settled === undefined) return refusal;
    return { ...refusal, decidedBy: settled.decidedBy, decidedAt: settled.decidedAt };
  } catch {
    // The refusal itself is told all the same, only without a name and a time.
    return refusal;
  }
}

const reasons: ReadonlyMap<string, Refusal["why"]> = new Map([
  ["approval.decided", "decided"],
  ["approval.changed", "changed"],
  ["not_found", "gone"],
  ["daemon.unreachable", "unreachable"],
  ["timeout", "unreachable"],
]);

/** Who was faster stands in the error's data, or in the approval that it carries. */
function winnerOf(
  data: Readonly<Record<string, unknown>>,
): Pick<Refusal, "decidedBy" | "decidedAt"> {
  const inner = data["approval"];
  const source: object = typeof inner === "object" && inner !== null ? inner : data;
  const by: unknown = Reflect.get(source, "decidedBy");
  const at: unknown = Reflect.get(source, "decidedAt");
  return {
    decidedBy: typeof by === "string" ? by : null,
    decidedAt: typeof at === "number" ? at : null,
  };
}
