import { timeOf } from "../../base/clock.ts";
import { printableLine } from "../../base/printable.ts";
import type { StatusName } from "../../contract/status.ts";
import type { TerminalView } from "../../contract/terminals.ts";
import { age } from "./duration.ts";
import { type Cell, table } from "./table.ts";

const STATUS_SGR: Readonly<Record<StatusName, string>> = {
  starting: "36",
  idle: "32",
  working: "34",
  waiting: "33;1",
  error: "31",
  exited: "2",
  lost: "31",
  unknown: "35",
};

/** `waiting(permission)`: the status and its detail as the docs write them. */
export function statusText({
  status,
  detail,
  retryAt,
}: Pick<TerminalView, "status" | "detail" | "retryAt">): string {
  if (detail === "") return status;
  return `${status}(${detail}${retryAt === undefined ? "" : ` until ${timeOf(retryAt)}`})`;
}

/** What `conductor ls` shows; the session only where there are several, the gate only where it is not the usual one. */
export async function terminalTable(
  terminals: readonly TerminalView[],
  options: {
    readonly now: number;
    readonly color: boolean;
    readonly columns?: number | undefined;
  },
): Promise<string> {
  if (terminals.length === 0) {
    return "no terminals; conductor launch --provider claude-code --name dev starts one\n";
  }
  const isNarrow = options.columns !== undefined && options.columns < NARROW;
  const sessions = new Set(terminals.map((terminal) => terminal.session));
  const approvals = isNarrow ? "ASKS" : "APPROVALS";
  const head = ["NAME", "PROVIDER", "PROFILE", "STATUS", "TURN", "UNREAD", approvals];
  const rows = terminals.map((terminal) => cells(terminal, options.now, isNarrow));
  const [name, provider, profile] = sessions.size > 1 ? [1, 2, 3] : [0, 1, 2];
  // Where all have the usual one it says nothing.
  if (terminals.some(({ gate }) => gate !== null && gate !== "guard")) {
    head.push("GATE");
    rows.forEach((row, at) => row.push(terminals[at]?.gate ?? "-"));
  }
  if (sessions.size > 1) {
    head.unshift("SESSION");
    rows.forEach((row, at) => row.unshift(printableLine(terminals[at]?.session ?? "")));
  }
  return table([head, ...rows], { ...options, cut: [[provider, profile], [0], [name]] });
}

/** Below this the columns say the same in shorter words. */
const NARROW = 100;

function cells(terminal: TerminalView, now: number, isNarrow: boolean): Cell[] {
  const status = `${statusText(terminal)} ${age(terminal.statusAt, now)}`;
  return [
    printableLine(terminal.name),
    printableLine(terminal.provider),
    printableLine(terminal.profile ?? "-"),
    { text: printableLine(status), sgr: STATUS_SGR[terminal.status] ?? "0" },
    turnText(terminal, now, isNarrow),
    count(terminal.unread),
    count(terminal.pendingApprovals),
  ];
}

function turnText({ turn }: TerminalView, now: number, isNarrow: boolean): string {
  if (turn === null) return "-";
  if (isNarrow) return turn.state === "completed" ? "done" : printableLine(turn.state);
  return printableLine(`${turn.state} ${age(turn.endedAt ?? turn.startedAt, now)}`);
}

function count(value: number): Cell {
  return value === 0 ? "-" : { text: String(value), sgr: "33;1" };
}
