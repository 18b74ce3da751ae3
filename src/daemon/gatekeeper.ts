/**
 * The gate: a text that a shell is about to run is judged, the decision is recorded, and what needs a human
 * waits for one. Fails closed: whatever goes wrong here, the text does not run.
 */
import { realpathSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import type { DecisionSource } from "../contract/decisions.ts";
import { type ApprovalRecord, type ApprovalStore, hashAction } from "../core/approvals/index.ts";
import { analyse } from "../core/guard/index.ts";
import { type DecisionStore, decide, recordOf, type Verdict } from "../core/policy/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { PolicyFiles } from "../drivers/files/index.ts";
import type { ApprovalDesk } from "./approval-desk.ts";

export interface GatekeeperPorts {
  readonly policies: PolicyFiles;
  readonly decisions: DecisionStore;
  readonly approvals: ApprovalStore;
  readonly desk: Pick<ApprovalDesk, "wait">;
  readonly clock: Clock;
  readonly home: string;
  readonly user: string;
  readonly ttlMs: number;
  /** How long a caller is kept waiting; it asks again after that. */
  readonly waitMs: number;
}

export interface Asked {
  readonly text: string;
  readonly cwd: string;
  readonly source: DecisionSource;
}

/** `message` is written for the model that asked. */
export type Ruling =
  | { readonly kind: "allow" }
  | { readonly kind: "deny"; readonly message: string }
  | {
      readonly kind: "wait";
      readonly number: number;
      readonly settled: (signal: AbortSignal) => Promise<Exclude<Ruling, { kind: "wait" }>>;
    };

export interface Gatekeeper {
  judge(asked: Asked, terminal: Terminal): Promise<Ruling>;
}

export function createGatekeeper(ports: GatekeeperPorts): Gatekeeper {
  return { judge: (asked, terminal) => judge(ports, asked, terminal) };
}

async function judge(ports: GatekeeperPorts, asked: Asked, terminal: Terminal): Promise<Ruling> {
  const { record } = terminal;
  const from = performance.now();
  const { layers, hashes } = ports.policies.inForce({ workspace: record.cwd, agent: record.name });
  const place = {
    cwd: asked.cwd,
    workspace: record.cwd,
    home: ports.home,
    user: ports.user,
    realpath,
  };
  const analysis = analyse(asked.text, place, () => performance.now());
  const asker = { workspace: record.cwd, home: ports.home, labels: record.labels } as const;
  const verdict = decide(analysis, layers, { ...asker, tool: "shell" });
  const decided = recordOf({
    terminalId: record.id,
    source: asked.source,
    command: asked.text,
    cwd: asked.cwd,
    analysis,
    verdict,
    policies: hashes,
    latencyMs: performance.now() - from,
  });
  if (record.launch.gate === "observe") {
    await ports.decisions.record(decided);
    return { kind: "allow" };
  }
  if (verdict.effect !== "ask") {
    await ports.decisions.record(decided);
    return verdict.effect === "allow" ? { kind: "allow" } : refusal(verdict);
  }
  const action = {
    kind: "command",
    text: asked.text,
    cwd: asked.cwd,
    why: verdict.reason.slice(0, 4_000),
  } as const;
  const open = await findOpen(ports, record.id, hashAction(action));
  if (open?.state === "approved") {
    // Said yes to before: used now, and never again.
    await ports.approvals.consume(open.id, ports.clock.now());
    await ports.decisions.record({
      ...decided,
      effect: "allow",
      reason: `approved as #${open.number}`,
    });
    return { kind: "allow" };
  }
  if (open !== undefined) return waiting(ports, open, verdict);
  const now = ports.clock.now();
  const { approvalId } = await ports.decisions.ask(
    decided,
    {
      terminalId: record.id,
      terminalName: record.name,
      origin: "api",
      action,
      fingerprint: null,
      isWaitedFor: true,
      by: `agent:${record.id}`,
      expiresAt: now + ports.ttlMs,
    },
    now,
  );
  return waiting(ports, await ports.approvals.get(approvalId), verdict);
}

/** The same command, asked before and not settled, or said yes to while nobody waited. */
async function findOpen(
  ports: GatekeeperPorts,
  terminalId: string,
  hash: string,
): Promise<ApprovalRecord | undefined> {
  const open = await ports.approvals.list({ terminalId, states: ["pending", "approved"] });
  return open.find((one) => one.hash === hash && one.expiresAt > ports.clock.now());
}

function waiting(ports: GatekeeperPorts, approval: ApprovalRecord, verdict: Verdict): Ruling {
  return {
    kind: "wait",
    number: approval.number,
    settled: async (signal) => {
      const settled = await ports.desk.wait(approval.id, ports.waitMs, signal);
      if (settled.state === "approved" && !signal.aborted) return { kind: "allow" };
      return { kind: "deny", message: whyNot(settled, verdict) };
    },
  };
}

function whyNot(settled: ApprovalRecord, verdict: Verdict): string {
  const { number, state, reason } = settled;
  if (state === "pending")
    return `not approved yet: run the same command again after approval #${number}, or go on with other work`;
  if (state === "denied")
    return `a human said no to #${number}${reason === null ? "" : `: ${reason}`}. Do not try it another way; go on without it, or ask.`;
  return `approval #${number} is ${state}; the command did not run. ${verdict.reason}`;
}

function refusal(verdict: Verdict): Ruling {
  const instead = verdict.instead === undefined ? "" : ` Instead: ${verdict.instead}.`;
  return {
    kind: "deny",
    message: `refused by policy: ${verdict.reason}.${instead} Do not try it another way.`,
  };
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
