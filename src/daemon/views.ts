/** Terminals and approvals as the doors show them. */
import type { ApprovalView } from "../contract/approvals.ts";
import type { TerminalView } from "../contract/terminals.ts";
import type { ApprovalRecord } from "../core/approvals/index.ts";
import type { Terminal } from "../core/terminals/index.ts";

export interface Counts {
  readonly unread: ReadonlyMap<string, number>;
  readonly pending: ReadonlyMap<string, number>;
}

export function terminalView(terminal: Terminal, counts: Counts): TerminalView {
  const { nonce: _nonce, pid: _pid, launch, why: _why, ...record } = terminal.record;
  return {
    ...record,
    ...(terminal.retryAt === undefined ? {} : { retryAt: terminal.retryAt }),
    labels: [...record.labels],
    composer: terminal.status.composer,
    turn: terminal.turn ?? null,
    unread: counts.unread.get(record.id) ?? 0,
    gate: launch.gate ?? null,
    ...(terminal.isPaneless ? { connector: launch.connector } : {}),
    pendingApprovals: counts.pending.get(record.id) ?? 0,
  };
}

export function approvalView(record: ApprovalRecord): ApprovalView {
  const {
    fingerprint: _print,
    usedAt: _usedAt,
    context: _context,
    outcome: _outcome,
    ...view
  } = record;
  return view;
}
