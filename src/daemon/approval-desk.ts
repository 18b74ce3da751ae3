/** Requests, waits and verdicts: stored first, then waited for; the first verdict wins. */
import type { Clock } from "../base/clock.ts";
import type { ApprovalRequest, ApprovalView, Verdict } from "../contract/approvals.ts";
import type { ApprovalRecord, ApprovalStore, NewGrant } from "../core/approvals/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { Terminals } from "../core/terminals/index.ts";
import { actorOf, type Caller } from "./auth.ts";
import type { ScreenApprovals } from "./screen-approvals.ts";

export interface DeskPorts {
  readonly approvals: ApprovalStore;
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly screens: Pick<ScreenApprovals, "decide">;
  readonly clock: Clock;
  readonly ttlMs: number;
}

export interface ApprovalDesk {
  /** Before the doors open: whoever waited on a connection to a daemon of before is gone. */
  start(): Promise<void>;
  /** An agent ended: nobody is there any more who could use a yes. */
  ended(terminalId: string): Promise<void>;
  request(
    asked: ApprovalRequest,
    caller: Caller,
    how: { readonly isWaitedFor: boolean },
  ): Promise<ApprovalRecord>;
  /** Resolves when it is settled, or as it stands after `waitMs`; a caller gone before makes it `abandoned`. */
  wait(id: string, waitMs: number, signal: AbortSignal): Promise<ApprovalRecord>;
  /** A question on a screen is answered there as well, and its end is waited for. */
  decide(ref: string, verdict: Verdict, by: string, grant?: NewGrant): Promise<ApprovalRecord>;
}

export function createApprovalDesk(ports: DeskPorts): ApprovalDesk {
  const { approvals, clock } = ports;
  return {
    start: async () => void (await approvals.abandonWaited("the daemon ended", clock.now())),
    ended: async (terminalId) =>
      void (await approvals.abandonOf(terminalId, "its agent ended", clock.now())),
    request: async (asked, caller, { isWaitedFor }) => {
      const now = clock.now();
      const terminal = askingTerminal(ports, asked, caller);
      const { approval } = await approvals.request(
        {
          terminalId: terminal?.id ?? null,
          terminalName: terminal?.name ?? null,
          origin: "api",
          action: asked.action,
          fingerprint: null,
          isWaitedFor,
          by: actorOf(caller),
          expiresAt: now + (asked.ttlMs ?? ports.ttlMs),
        },
        now,
      );
      return approval;
    },
    wait: async (id, waitMs, signal) => {
      const settled = await waitFor(ports, id, { waitMs, signal });
      if (isPending(settled) && waitMs > 0) await approvals.stopWaiting(id);
      // The yes goes out with this answer and with no other one.
      if (settled.state === "approved" && !signal.aborted) await approvals.consume(id, clock.now());
      return settled;
    },
    decide: async (ref, verdict, by, grant) => {
      const asked = await approvals.get(ref);
      return asked.origin === "screen"
        ? ports.screens.decide(asked, verdict, by)
        : approvals.decide(asked.id, verdict, by, clock.now(), grant);
    },
  };
}

/** An agent asks for its own terminal only, whatever it names. */
function askingTerminal(
  ports: DeskPorts,
  asked: ApprovalRequest,
  caller: Caller,
): { readonly id: string; readonly name: string } | undefined {
  if (caller.kind === "agent") return ports.terminals().byId(caller.terminalId)?.record;
  return asked.terminal === undefined ? undefined : ports.terminals().find(asked.terminal).record;
}

async function waitFor(
  ports: DeskPorts,
  id: string,
  bounds: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<ApprovalRecord> {
  const first = await ports.approvals.get(id);
  if (bounds.waitMs === 0 || !isPending(first)) return first;
  const { promise, resolve } = Promise.withResolvers<void>();
  const unfollow = ports.journal.follow((event) => {
    // One voice of several settles nothing yet.
    if (event.subject === id && event.type !== "approval.voted") resolve();
  });
  const cancel = ports.clock.after(bounds.waitMs, resolve);
  bounds.signal.addEventListener("abort", () => resolve(), { once: true });
  // A verdict between the first read and the subscription is seen by this second read.
  if (!isPending(await ports.approvals.get(id))) resolve();
  await promise;
  unfollow();
  cancel();
  const now = await ports.approvals.get(id);
  if (!bounds.signal.aborted || !isPending(now)) return now;
  return (await ports.approvals.abandon(id, "the caller went away", ports.clock.now())) ?? now;
}

function isPending(approval: Pick<ApprovalView, "state">): boolean {
  return approval.state === "pending";
}
