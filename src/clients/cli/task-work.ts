/** For whoever holds a task: claimed, kept, settled. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { ClaimedTask, ClaimRequest } from "../../contract/task-calls.ts";
import { errorClass, type TaskView } from "../../contract/tasks.ts";
import type { Client } from "../link/client.ts";
import { collect, command, count, duration, type JsonOption, oneOf } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { readText } from "./read-text.ts";
import { present } from "./report.ts";
import { countsLine } from "./task-text.ts";
import { factsOf } from "./task-words.ts";

interface ClaimOptions extends JsonOption {
  readonly queue?: string;
  readonly label?: readonly string[];
  readonly capability?: readonly string[];
  readonly wait?: number;
  readonly keep?: boolean;
}

export function claimCommand(context: Context): Command {
  return command("claim", "Take the next task, or this one; prints its id and fence", [
    "task claim",
    "task claim task_0199ab --keep",
    "task claim --label ts --wait 1h --json",
  ])
    .argument("[id]", "its id, or the start of it; else the next")
    .option("-q, --queue <name>", "the next of this queue")
    .option("-l, --label <label>", "only what needs no other labels; may be repeated", collect)
    .option("--capability <word>", "only what needs nothing else; may be repeated", collect)
    .option("-w, --wait <time>", "wait so long until there is one", duration)
    .option("--keep", "stay, and renew its lease until Ctrl-C or until it is settled")
    .action((ref: string | undefined, options: ClaimOptions) => claim(context, ref, options));
}

async function claim(
  context: Context,
  ref: string | undefined,
  options: ClaimOptions,
): Promise<void> {
  const client = await openClient(context);
  const { queue, label, capability, wait } = options;
  const asked: ClaimRequest = {
    ...(ref === undefined ? {} : { task: ref }),
    ...(queue === undefined ? {} : { queue }),
    ...(label === undefined ? {} : { labels: [...label] }),
    ...(capability === undefined ? {} : { capabilities: [...capability] }),
  };
  const claimed = await claimWithin(context, client, { asked, waitMs: wait ?? 0 });
  if (claimed === undefined) throw await nothingToClaim(client);
  const { task, fence } = claimed;
  present(
    context,
    options.json,
    claimed,
    () => `${task.id}  fence ${fence}  ${printableLine(task.title)}`,
  );
  if (options.keep === true) return keep(context, client, task);
  if (context.stdout.isTTY === true && options.json !== true)
    context.stderr.write(nextText(task, Date.now()));
}

/** A task may come by an event, or with the time that it waits for. */
const LOOK_AGAIN_MS = 2_000;

async function claimWithin(
  context: Context,
  client: Client,
  { asked, waitMs }: { asked: ClaimRequest; waitMs: number },
): Promise<ClaimedTask | undefined> {
  const deadline = Date.now() + waitMs;
  const waiting = async (): Promise<ClaimedTask | undefined> => {
    for (;;) {
      const claimed = await client.tasks.claim(asked);
      const left = deadline - Date.now();
      if (claimed !== null) return claimed;
      if (left <= 0) return undefined;
      await sleep(Math.min(left, LOOK_AGAIN_MS), undefined, { signal: context.signal });
    }
  };
  return withProgress(context.stderr, () => "waiting for a task", waiting());
}

async function nothingToClaim(client: Client): Promise<ConductorError> {
  const { states } = await client.tasks.counts();
  const why = states.queued > 0 ? "none that is queued suits, is due, and has its locks free" : "";
  return new ConductorError("not_found", `there is no task to claim (${countsLine(states)})`, {
    hint: why === "" ? 'conductor task create "…", or task claim --wait 1h' : why,
  });
}

function nextText({ id, fence, lease, leaseMs }: TaskView, now: number): string {
  const seconds = Math.round(((lease?.until ?? now + leaseMs) - now) / 1_000);
  const named = `${id.slice(0, 17)} --fence ${fence}`;
  return `yours for ${seconds} s; longer: conductor task heartbeat ${named} --keep\nthen: conductor task complete ${named} --result TEXT, or fail ${named} REASON\n`;
}

interface FenceOptions extends JsonOption {
  readonly fence?: number;
}

interface BeatOptions extends FenceOptions {
  readonly note?: string;
  readonly percent?: number;
  readonly keep?: boolean;
}

export function heartbeatCommand(context: Context): Command {
  const made = command("heartbeat", "Renew its lease, and tell how far it is", [
    "task heartbeat task_0199ab --fence 1",
    'task heartbeat task_0199ab --fence 1 --note "tests run" --percent 80',
    "task heartbeat task_0199ab --keep",
  ]);
  return withFence(made)
    .option("--note <text>", "what is done now")
    .option("--percent <number>", "how much is done, from 0 to 100", count)
    .option("--keep", "stay, and renew it until Ctrl-C or until it is settled")
    .action(async (ref: string, options: BeatOptions) => {
      const client = await openClient(context);
      const { note, percent } = options;
      const progress = { note: note ?? "", share: percent === undefined ? null : percent / 100 };
      const asked = note === undefined && percent === undefined ? {} : { progress };
      const shown = await fenceOf(context, client, ref, options);
      const task = await client.tasks.beat(ref, { ...asked, ...shown });
      present(context, options.json, task, () => `${task.id} is held for ${heldFor(task)} more`);
      if (options.keep === true) await keep(context, client, task);
    });
}

function heldFor({ lease }: TaskView): string {
  return `${Math.max(0, Math.round(((lease?.until ?? 0) - Date.now()) / 1_000))} s`;
}

/** Renews the lease while it lasts; ends with the task, or with an error when it is lost. */
async function keep(context: Context, client: Client, held: TaskView): Promise<void> {
  const { id, fence, leaseMs } = held;
  const isHeld = (task: TaskView): boolean => task.lease !== null && task.fence === fence;
  let task = held;
  while (isHeld(task)) {
    await sleep(leaseMs / 3, undefined, { signal: context.signal });
    task = await client.tasks.show(id);
    if (isHeld(task)) task = await client.tasks.beat(id, bearsFence(context) ? { fence } : {});
  }
  if (task.fence === fence) return;
  throw new ConductorError("task.lease_lost", `the lease of task ${id} was lost`, {
    hint: "stop working on it, and claim a task again for new work",
  });
}

interface CompleteOptions extends FenceOptions {
  readonly result?: string;
}

export function completeCommand(context: Context): Command {
  const made = command("complete", "Settle it as done, with its result", [
    'task complete task_0199ab --fence 1 --result "all tests pass"',
    "task complete task_0199ab --fence 1 --result '{\"passed\":42}'",
    "npm test 2>&1 | conductor task complete task_0199ab --result -",
  ]);
  return withFence(made)
    .option("-r, --result <text>", "a text or a JSON object; - reads it from stdin")
    .action(async (ref: string, { result, ...options }: CompleteOptions) => {
      const client = await openClient(context);
      const told = result === undefined ? undefined : await readText(context, [result], HINT);
      const shown = await fenceOf(context, client, ref, options);
      const facts = told === undefined ? null : factsOf(told);
      const task = await client.tasks.complete(ref, { result: facts, ...shown });
      present(context, options.json, task, () => settledText(task));
    });
}

const HINT = 'conductor task complete task_0199ab --result "all tests pass"';

interface FailOptions extends FenceOptions {
  readonly class?: "retryable" | "permanent" | "rate_limited";
  readonly code?: string;
  readonly retryIn?: number;
}

export function failCommand(context: Context): Command {
  const made = command("fail", "Settle the attempt as failed, with the reason", [
    'task fail task_0199ab --fence 1 "the tests do not build"',
    'task fail task_0199ab "no such branch" --class permanent',
    'task fail task_0199ab "quota" --class rate_limited --retry-in 2h',
  ]);
  return withFence(made)
    .argument("<reason...>", "what went wrong; - reads it from stdin")
    .option("--class <class>", errorClass.options.join(", "), oneOf(errorClass.options))
    .option("--code <code>", "a short name that programs compare")
    .option("--retry-in <time>", "not tried again before", duration)
    .action(async (ref: string, words: string[], options: FailOptions) => {
      const client = await openClient(context);
      const message = await readText(context, words, 'conductor task fail task_0199ab "it broke"');
      const { class: kind, code, retryIn } = options;
      const task = await client.tasks.fail(ref, {
        message,
        ...(kind === undefined ? {} : { class: kind }),
        ...(code === undefined ? {} : { code }),
        ...(retryIn === undefined ? {} : { retryAt: Date.now() + retryIn }),
        ...(await fenceOf(context, client, ref, options)),
      });
      present(context, options.json, task, () => settledText(task));
    });
}

/** Both lay it down undone. */
export function layDownCommand(context: Context, name: "release" | "wait"): Command {
  const about =
    name === "release"
      ? "Give it back undone; costs no attempt"
      : "Put it by until `task resume`, as for a decision";
  const made = command(name, about, [`task ${name} task_0199ab --fence 1 "not now"`]);
  return withFence(made)
    .argument("<reason...>", "why; - reads it from stdin")
    .action(async (ref: string, words: string[], options: FenceOptions) => {
      const client = await openClient(context);
      const reason = await readText(context, words, `conductor task ${name} task_0199ab "not now"`);
      const asked = { reason, ...(await fenceOf(context, client, ref, options)) };
      const task = await (name === "release"
        ? client.tasks.release(ref, asked)
        : client.tasks.putBy(ref, asked));
      present(context, options.json, task, () => settledText(task));
    });
}

export function settledText(task: TaskView): string {
  const { id, state, attempt, maxAttempts, error } = task;
  const again =
    state === "queued" && error !== null ? `, attempt ${attempt} of ${maxAttempts} is over` : "";
  return `${id} is ${state}${again}`;
}

function withFence(made: Command): Command {
  return made
    .argument("<id>", "its id, or the start of it")
    .option("--fence <number>", "what `task claim` printed beside its id", count);
}

/** An agent's terminal stands for its fence. */
function bearsFence({ env }: Context): boolean {
  return (env["CONDUCTOR_TERMINAL_ID"] ?? "") === "";
}

/** Without `--fence` a person writes what a person holds; in an agent's place only with its fence. */
async function fenceOf(
  context: Context,
  client: Client,
  ref: string,
  { fence }: FenceOptions,
): Promise<{ readonly fence?: number }> {
  if (!bearsFence(context)) return {};
  if (fence !== undefined) return { fence };
  const { id, state, lease, fence: current } = await client.tasks.show(ref);
  if (state === "queued" || state === "blocked")
    throw new ConductorError("task.wrong_state", `task ${id} is ${state}: nobody holds it`, {
      hint: state === "queued" ? `conductor task claim ${id}` : `conductor task deps ${id}`,
    });
  if (lease === null || /^human(:|$)/.test(lease.owner)) return { fence: current };
  throw new ConductorError("auth.refused", `task ${id} is held by ${lease.owner}`, {
    hint: `to write in its place show its fence: --fence ${current}`,
  });
}
