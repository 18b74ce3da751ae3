/** Other processes as Linux shows them in /proc. */
import { readdirSync, readFileSync } from "node:fs";

const TICK_MS = 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own time and that of its children which have ended. */
  readonly cpuMs: number;
}

/** Milliseconds of CPU that the process and everything it started have used. */
export function treeCpuMs(pid: number): number {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? statOf(name) : []));
  const sum = (one: number): number =>
    all
      .filter(({ parent }) => parent === one)
      .reduce((total, child) => total + child.cpuMs + sum(child.pid), 0);
  return (all.find((one) => one.pid === pid)?.cpuMs ?? 0) + sum(pid);
}

/** The process and all below it. */
export function treeOf(pid: number): number[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? statOf(name) : []));
  const below = (one: number): number[] =>
    all.filter(({ parent }) => parent === one).flatMap((child) => [child.pid, ...below(child.pid)]);
  return [pid, ...below(pid)];
}

export function isNode(pid: number): boolean {
  try {
    return /^(?:node|conductor|MainThread)\n/.test(readFileSync(`/proc/${pid}/comm`, "utf8"));
  } catch {
    return false;
  }
}

export function residentKB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

export function isAlive(pid: number): boolean {
  return (
    Number.isSafeInteger(pid) && pid > 1 && statOf(String(pid)).some(({ parent }) => parent >= 0)
  );
}

function statOf(pid: string): Stat[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return [];
  }
  // The name in parentheses may hold anything; the fields after it do not.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return [];
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return [{ pid: Number(pid), parent: Number(fields[1]), cpuMs: ticks * TICK_MS }];
}
