/** Tasks in a person's words. */
import { printable, printableLine } from "../../base/printable.ts";
import type { TaskCounts, TaskDependencies } from "../../contract/task-calls.ts";
import { type TaskEdge, type TaskState, type TaskView, taskState } from "../../contract/tasks.ts";
import { age } from "./duration.ts";
import type { Cell } from "./table.ts";

/** Who an actor is, by name. */
export type NameOf = (actor: string) => string;

const COLORS: Readonly<Partial<Record<TaskState, string>>> = {
  claimed: "36",
  running: "36",
  blocked: "2",
  waiting: "33",
  done: "32",
  failed: "31",
  cancelled: "2",
  dead: "31",
};

export function stateCell({ state, progress }: Pick<TaskView, "state" | "progress">): Cell {
  const share = progress?.share ?? null;
  const isShown = share !== null && (state === "running" || state === "claimed");
  const text = isShown ? `${state} ${Math.round(share * 100)}%` : state;
  const sgr = COLORS[state];
  return sgr === undefined ? text : { text, sgr };
}

export function isOver({ state }: Pick<TaskView, "state">): boolean {
  return ["done", "failed", "cancelled", "dead"].includes(state);
}

/** What stands in its way, how far it is, or why it ended so. */
export function noteOf(task: TaskView, now: number): string {
  const { state, reason, error, progress, openDependencies, runAt } = task;
  switch (state) {
    case "queued":
      if (runAt > now) return `in ${age(now, runAt)}${error === null ? "" : `: ${error.message}`}`;
      return reason ?? "";
    case "blocked":
      return `waits for ${openDependencies} other${openDependencies === 1 ? "" : "s"}`;
    case "claimed":
    case "running":
      return progress?.note ?? "";
    case "done":
      return "";
    case "waiting":
    case "cancelled":
      return reason ?? "";
    case "failed":
    case "dead":
      return error?.message ?? reason ?? "";
    default:
      return state satisfies never;
  }
}

/** Only states that there are. */
export function countsLine(states: TaskCounts["states"]): string {
  const shown = taskState.options.filter((state) => states[state] > 0);
  if (shown.length === 0) return "no tasks";
  return shown.map((state) => `${states[state]} ${state}`).join(", ");
}

/** As much of each id as tells it from the others; the first digits are its time. */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const least = "task_".length + 12;
  const isUnique = (length: number): boolean =>
    new Set(ids.map((id) => id.slice(0, length))).size === new Set(ids).size;
  let length = least;
  while (length < 37 && !isUnique(length)) length += 1;
  return new Map(ids.map((id) => [id, id.slice(0, length)]));
}

export function detailText(
  task: TaskView,
  { upstream, downstream }: TaskDependencies,
  { now, nameOf }: { readonly now: number; readonly nameOf: NameOf },
): string {
  const { lease, locks, execution, group, error } = task;
  const note = noteOf(task, now);
  const facts: [string, string | null][] = [
    ["id", task.id],
    ["title", task.title],
    ["state", note === "" ? task.state : `${task.state}: ${note}`],
    ["type", task.type],
    ["queue", task.queue],
    ["priority", String(task.priority)],
    ["group", group === null ? null : `${group.key}, ${group.limit} at a time`],
    ["labels", task.labels.join(", ") || null],
    ["can", task.capabilities.join(", ") || null],
    ["agent", task.agent],
    ["locks", locks.map(({ kind, glob, mode }) => `${mode} ${kind} ${glob}`).join(", ") || null],
    ["project", task.project],
    ["cwd", execution.cwd],
    ["check", execution.check],
    ["attempt", task.attempt === 0 ? null : `${task.attempt} of ${task.maxAttempts}`],
    ["holder", lease === null ? null : `${nameOf(lease.owner)}, fence ${task.fence}`],
    ["lease", lease === null ? null : leaseText(lease.until, now)],
    ["by", nameOf(task.createdBy)],
    ["created", `${age(task.createdAt, now)} ago`],
    ["took", tookText(task, now)],
    ["key", task.key],
    ["error", error === null ? null : `${error.class} ${error.code}: ${error.message}`],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(10)}${printableLine(value)}`],
  );
  const parts: [string, string | null][] = [
    ["prompt", task.prompt],
    ["payload", jsonText(task.payload)],
    ["depends on", edgesText(upstream)],
    ["needed by", edgesText(downstream)],
    ["result", resultText(task)],
    ["evidence", evidenceText(task)],
  ];
  const texts = parts.flatMap(([name, text]) =>
    text === null || text === "" ? [] : [`\n${name}:\n${printable(text)}`],
  );
  return `${[...lines, ...texts].join("\n")}\n`;
}

export function edgesText(edges: readonly TaskEdge[]): string {
  return edges
    .map(({ task, state, title, onFailed, isOpen: waits }) => {
      const rule = onFailed === "skip" ? "" : ` (${onFailed} if it fails)`;
      return `${waits ? "waits" : "     "}  ${task}  ${state}  ${printableLine(title)}${rule}`;
    })
    .join("\n");
}

function leaseText(until: number, now: number): string {
  return until > now ? `${age(now, until)} left` : "has run out";
}

function tookText({ startedAt, finishedAt }: TaskView, now: number): string | null {
  return startedAt === null ? null : age(startedAt, finishedAt ?? now);
}

function jsonText(value: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(value).length === 0 ? null : JSON.stringify(value, null, 2);
}

/** A text alone is shown as it is. */
function resultText({ result }: TaskView): string | null {
  if (result === null) return null;
  const { text, ...facts } = result;
  if (typeof text !== "string") return jsonText(result);
  return [text, jsonText(facts)].filter((part) => part !== null).join("\n");
}

function evidenceText({ evidence }: TaskView): string {
  return evidence
    .map(({ kind, attempt, summary, blob, bytes }) => {
      const where = blob === null ? "" : `  [${bytes ?? 0} bytes, sha256 ${blob.slice(0, 12)}]`;
      return `${kind.padEnd(12)}attempt ${attempt}  ${printableLine(summary)}${where}`;
    })
    .join("\n");
}
