import type { TerminalView } from "../../contract/terminals.ts";
import { type Cell, line, type Span } from "./cells.ts";
import type { Box } from "./layout.ts";
import type { State } from "./state.ts";
import { widthOf } from "./text.ts";
import { ageInWords, lookOf, shortAge, statusInOneWord, statusInWords } from "./words.ts";

const LONGEST_NAME = 12;

export function teamRows(state: State, box: Box): Cell[][] {
  const title = line([{ text: `── team ${"─".repeat(box.width)}` }], box.width + 1, { dim: true });
  const rows = [title.slice(0, box.width)];
  if (state.terminals.length === 0) {
    const text = state.link.name === "live" ? "no terminals: conductor launch" : "";
    return [...rows, line([{ text, style: { dim: true } }], box.width)];
  }
  const room = box.height - 1;
  const isCut = state.terminals.length > room;
  const shown = state.terminals.slice(0, isCut ? room - 1 : room);
  const names = Math.max(...shown.map((each) => each.name.length), 1);
  const name = Math.min(LONGEST_NAME, names);
  rows.push(...shown.map((each) => teamRow(state, each, { name, width: box.width })));
  if (isCut) rows.push(moreRow(state.terminals.slice(shown.length), box.width));
  return rows;
}

function teamRow(
  state: State,
  terminal: TerminalView,
  columns: { name: number; width: number },
): Cell[] {
  const age = state.now - terminal.statusAt;
  const unread = `${terminal.unread} unread`;
  const pending = `${terminal.pendingApprovals} pending`;
  const long = ageInWords(age);
  const forms: readonly Words[] = [
    { status: `${statusInWords(terminal)} ${long}`, unread, pending },
    { status: `${statusInOneWord(terminal)} ${long}`, unread, pending },
    {
      status: `${statusInOneWord(terminal)} ${shortAge(age)}`,
      unread: `u${terminal.unread}`,
      pending: `p${terminal.pendingApprovals}`,
    },
  ];
  const rows = forms.map((words) => spansOf(terminal, columns.name, words));
  const fitting = rows.find((spans) => lengthOf(spans) <= columns.width);
  return line(fitting ?? rows.at(-1) ?? [], columns.width);
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + widthOf(span.text), 0);
}

interface Words {
  readonly status: string;
  readonly unread: string;
  readonly pending: string;
}

function spansOf(terminal: TerminalView, nameWidth: number, words: Words): Span[] {
  const look = lookOf(terminal.status);
  const name = terminal.name.length > nameWidth ? cutName(terminal.name, nameWidth) : terminal.name;
  return [
    { text: `${look.shape} `, style: look.style },
    { text: `${name.padEnd(nameWidth)} ` },
    { text: words.status, style: look.style },
    ...(terminal.pendingApprovals > 0
      ? [{ text: ` ${words.pending}`, style: { colour: "yellow" } as const }]
      : []),
    ...(terminal.unread > 0 ? [{ text: ` ${words.unread}` }] : []),
  ];
}

function cutName(name: string, width: number): string {
  return `${name.slice(0, width - 1)}…`;
}

function moreRow(hidden: readonly TerminalView[], width: number): Cell[] {
  const waiting = hidden.filter((each) => each.status === "waiting").length;
  const text = `… ${hidden.length} more${waiting > 0 ? `, ${waiting} waiting` : ""}`;
  return line([{ text }], width, waiting > 0 ? { colour: "yellow" } : { dim: true });
}
