/** Runs a task's check: a shell command under the gate of the agent whose work it judges. */
import type { Clock } from "../base/clock.ts";
import type { ApprovalView } from "../contract/approvals.ts";
import type { CheckRun } from "../contract/execution.ts";
import type { ApprovalStore } from "../core/approvals/index.ts";
import type { Journal } from "../core/journal/index.ts";
import { type DecisionStore, redact } from "../core/policy/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { Blobs } from "../drivers/files/index.ts";
import type { Ran, RunCommand } from "./agent-commands.ts";

export interface CheckPorts {
  readonly run: RunCommand;
  readonly decisions: Pick<DecisionStore, "list">;
  readonly approvals: Pick<ApprovalStore, "get">;
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

export type RunCheck = (
  at: Terminal | string,
  command: string,
  how: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<CheckRun>;

const TAIL_CHARS = 4_000;
/** What our gate lets a shell end with in place of a command. */
const GATED = 126;

export function createChecks(ports: CheckPorts): RunCheck {
  return async (at, command, { timeoutMs, signal }) => {
    const { clock } = ports;
    const startedAt = clock.now();
    for (;;) {
      const left = Math.max(1, startedAt + timeoutMs - clock.now());
      const triedAt = clock.now();
      const words = ["bash", "-c", command];
      const ran = await ports.run(at, words, { timeoutMs: left, signal });
      const held = ran.exitCode === GATED ? await heldBy(ports, at, triedAt) : undefined;
      // A person may take longer than the shell waits: with a yes the same text runs.
      const asked =
        held?.approvalId == null ? undefined : await answered(ports, held.approvalId, signal);
      if (asked?.state === "approved") continue;
      const outcome = outcomeOf(ran, held !== undefined);
      const told = asked === undefined ? ran : { ...ran, output: `${ran.output}${wordsOf(asked)}` };
      return runOf(ports, { command, outcome, ran: told, ms: clock.now() - startedAt });
    }
  };
}

function outcomeOf({ exitCode, isLate }: Ran, isHeld: boolean): CheckRun["outcome"] {
  if (isHeld) return "refused";
  if (isLate) return "timeout";
  return exitCode === 0 ? "passed" : "failed";
}

async function runOf(
  { blobs }: CheckPorts,
  { command, outcome, ran, ms }: Pick<CheckRun, "command" | "outcome" | "ms"> & { ran: Ran },
): Promise<CheckRun> {
  const output = redact(ran.output);
  const bytes = Buffer.byteLength(output);
  return {
    command,
    outcome,
    exitCode: ran.exitCode,
    ms,
    tail: output.slice(-TAIL_CHARS).trim(),
    blob: bytes === 0 ? null : await blobs.put(output),
    bytes,
  };
}

/** The decision by which the gate kept it from running. */
async function heldBy({ decisions }: CheckPorts, at: Terminal | string, since: number) {
  if (typeof at === "string") return undefined;
  const { record } = at;
  const made = await decisions.list({ terminalId: record.id, since, limit: 20 });
  return made.find(({ effect }) => effect !== "allow");
}

/** The approval, once it waits for nobody. */
async function answered(
  { approvals, journal }: CheckPorts,
  id: string,
  signal: AbortSignal,
): Promise<ApprovalView> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unfollow = journal.follow(({ subject }) => {
      if (subject === id) resolve();
    });
    const wake = (): void => resolve();
    signal.addEventListener("abort", wake, { once: true });
    try {
      const approval = await approvals.get(id);
      if (approval.state !== "pending" || signal.aborted) return approval;
      await promise;
    } finally {
      unfollow();
      signal.removeEventListener("abort", wake);
    }
  }
}

function wordsOf({ number, state, reason }: ApprovalView): string {
  return `\napproval #${number} is ${state}${reason === null ? "" : `: ${reason}`}\n`;
}
