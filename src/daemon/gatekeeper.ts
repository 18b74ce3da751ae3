/**
 * The gate: a text that a shell is about to run is judged, the decision is recorded, and what needs a human
 * waits for one. Fails closed: whatever goes wrong here, the text does not run.
 */
import { ConductorError } from "../base/errors.ts";
import {
  type ApprovalRecord,
  type ApprovalStore,
  hashAction,
  type NewApproval,
  type NewGrant,
} from "../core/approvals/index.ts";
import type { DecisionStore } from "../core/policy/index.ts";
import type { Terminal, TerminalRecord } from "../core/terminals/index.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import { type Asked, actionOf, bare, type Case, examine, passOf, shownOf } from "./gate-case.ts";
import { findGrant, type GrantPorts, grantFor } from "./gate-grants.ts";
import { changedText, heldText, refusedText, unusableText } from "./gate-words.ts";
import type { Passes } from "./hooks/passes.ts";

export interface GatekeeperPorts extends GrantPorts {
  readonly decisions: DecisionStore;
  readonly approvals: ApprovalStore;
  readonly desk: Pick<ApprovalDesk, "wait">;
  readonly passes: Pick<Passes, "has" | "take">;
  readonly ttlMs: number;
  /** How long a caller is kept waiting; it asks again after that. */
  readonly waitMs: number;
  readonly failpoint?: ((name: string) => void) | undefined;
}

/** Where a test may end the daemon: a yes is recorded, a question is stored, a human's yes is used; no answer is out. */
export const GATE_FAILPOINTS = ["gate.recorded", "gate.asked", "gate.used"] as const;

/** `message` is written for the model that asked, in a few lines. */
export type Ruling =
  /** `pass` names what a human said yes to; `decision` is the record of one that would else not run.  */
  | {
      readonly kind: "allow";
      readonly by: "policy" | "observe" | "human";
      readonly pass?: string;
      readonly decision?: string;
    }
  | { readonly kind: "deny"; readonly message: string }
  | {
      readonly kind: "wait";
      readonly number: number;
      readonly settled: (signal: AbortSignal) => Promise<Settled>;
    };

export interface Gatekeeper {
  judge(asked: Asked, terminal: Pick<Terminal, "record" | "hold">): Promise<Ruling>;
  /** A human said yes to this very text a moment ago, and nothing has used it yet. */
  hasPass(asked: Asked, terminal: Pick<Terminal, "record">): boolean;
  /**
   * The grant that "always" to this question would be.
   * @throws {ConductorError} `usage.invalid` where there can be none
   */
  grantFor(approval: ApprovalRecord, terminal: Terminal | undefined, forMs: number): NewGrant;
}

export function createGatekeeper(ports: GatekeeperPorts): Gatekeeper {
  return {
    judge: async (asked, terminal) =>
      held(await judge(ports, asked, terminal.record), (why) => terminal.hold(why)),
    hasPass: (asked, { record }) =>
      ports.passes.has(record.id, passOf(actionOf(examine(ports, asked, record)))),
    grantFor: (approval, terminal, forMs) => grantFor(ports, approval, terminal, forMs),
  };
}

/** While somebody waits for the answer, the agent's terminal says so. */
function held(ruling: Ruling, hold: Terminal["hold"]): Ruling {
  if (ruling.kind !== "wait") return ruling;
  const settled: typeof ruling.settled = async (signal) => {
    const letGo = hold(`a command of its waits for approval #${ruling.number}`);
    try {
      return await ruling.settled(signal);
    } finally {
      letGo();
    }
  };
  return { ...ruling, settled };
}

async function judge(
  ports: GatekeeperPorts,
  asked: Asked,
  record: TerminalRecord,
): Promise<Ruling> {
  const here = examine(ports, bare(ports, asked, record), record);
  const { verdict, decided } = here;
  if (record.launch.gate === "observe") {
    const { id } = await ports.decisions.record(decided);
    return {
      kind: "allow",
      by: "observe",
      ...(verdict.effect === "allow" ? {} : { decision: id }),
    };
  }
  if (verdict.effect !== "ask") {
    await ports.decisions.record(decided);
    ports.failpoint?.("gate.recorded");
    return verdict.effect === "allow"
      ? { kind: "allow", by: "policy" }
      : { kind: "deny", message: refusedText(verdict) };
  }
  const action = actionOf(here);
  if (asked.source !== "hook" && ports.passes.take(record.id, passOf(action)))
    return allow(ports, here, "its agent's hook was answered with yes");
  const granted = await findGrant(ports, here, action);
  if (granted !== undefined) return allow(ports, here, `allowed by grant ${granted}`);
  const before = await findOpen(ports, here, hashAction(action));
  if (before?.state === "approved") {
    // Said yes to before: used now, and never again.
    const used = { ...decided, effect: "allow", reason: `approved as #${before.number}` } as const;
    return use(before, async () => {
      const { id } = await ports.decisions.use(used, before.id, ports.clock.now());
      return approved(here, id);
    });
  }
  if (before !== undefined) {
    const { id } = await ports.decisions.record(decided, before.id);
    return waiting(ports, before, { ...here, id });
  }
  const { approval, id } = await ask(ports, here, { isWaitedFor: true });
  ports.failpoint?.("gate.asked");
  return waiting(ports, approval, { ...here, id });
}

async function allow(ports: GatekeeperPorts, here: Case, why: string): Promise<Ruling> {
  const { id } = await ports.decisions.record({ ...here.decided, effect: "allow", reason: why });
  return approved(here, id);
}

function approved(here: Case, decision: string): Settled {
  return { kind: "allow", by: "human", pass: passOf(actionOf(here)), decision };
}

async function ask(
  ports: GatekeeperPorts,
  here: Case,
  how: Required<Pick<NewApproval, "isWaitedFor">>,
): Promise<{ readonly approval: ApprovalRecord; readonly id: string }> {
  const { record, verdict, decided } = here;
  const now = ports.clock.now();
  const { approvalId, decision } = await ports.decisions.ask(
    decided,
    {
      terminalId: record.id,
      terminalName: record.name,
      origin: "api",
      action: { ...actionOf(here), ...shownOf(here) },
      fingerprint: null,
      quorum: verdict.terms.quorum,
      denyThreshold: verdict.terms.denyThreshold,
      by: `agent:${record.id}`,
      expiresAt: now + (verdict.terms.ttlMs ?? ports.ttlMs),
      ...how,
    },
    now,
  );
  return { approval: await ports.approvals.get(approvalId), id: decision.id };
}

/** The same command, asked before and not settled, or said yes to while nobody waited. */
async function findOpen(
  ports: GatekeeperPorts,
  { record, verdict }: Case,
  hash: string,
): Promise<ApprovalRecord | undefined> {
  const states = ["pending", "approved"] as const;
  const open = await ports.approvals.list({ terminalId: record.id, states });
  // Asked of fewer people than it takes by now: that does not count.
  return open.find(
    (one) =>
      one.hash === hash &&
      one.expiresAt > ports.clock.now() &&
      (one.vote?.quorum ?? 1) >= verdict.terms.quorum,
  );
}

type Settled = Exclude<Ruling, { kind: "wait" }>;

/** A yes that another shell was given, or that nobody said, is told to the one who is not. */
async function use({ number }: ApprovalRecord, give: () => Promise<Settled>): Promise<Settled> {
  try {
    return await give();
  } catch (error) {
    if (!(error instanceof ConductorError) || error.code !== "state.conflict") throw error;
    return { kind: "deny", message: unusableText(number, error.message) };
  }
}

/** @param here  with the record's id */
function waiting(
  ports: GatekeeperPorts,
  approval: ApprovalRecord,
  here: Case & { readonly id: string },
): Ruling {
  return {
    kind: "wait",
    number: approval.number,
    settled: (signal) =>
      use(approval, async () => {
        const settled = await ports.desk.wait(approval.id, ports.waitMs, signal);
        if (settled.state !== "approved" || signal.aborted)
          return { kind: "deny", message: heldText(settled, here.verdict) };
        ports.failpoint?.("gate.used");
        return released(ports, settled, here);
      }),
  };
}

/** What was shown may be something else by now: a file, where a link leads, the policy. */
async function released(
  ports: GatekeeperPorts,
  yes: ApprovalRecord,
  here: Case & { readonly id: string },
): Promise<Settled> {
  const now = examine(ports, here.asked, here.record);
  const { effect, terms } = now.verdict;
  if (effect === "deny") {
    await ports.decisions.record(now.decided);
    return { kind: "deny", message: refusedText(now.verdict) };
  }
  const isSame = hashAction(actionOf(now)) === yes.hash && (yes.vote?.quorum ?? 1) >= terms.quorum;
  if (effect === "allow" || isSame) return approved(here, here.id);
  // The yes is used up: it was to something else.
  const { approval: again } = await ask(ports, now, { isWaitedFor: false });
  return { kind: "deny", message: changedText(yes.number, again.number) };
}
