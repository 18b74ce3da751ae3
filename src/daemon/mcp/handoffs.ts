/** Tools that give work to others, and hand in the result of one's own. */
import { z } from "zod";
import type { HandoffKind, HandoffView } from "../../contract/handoffs.ts";
import { outcomeText } from "../../core/handoffs/index.ts";
import { type Failure, type Tool, type ToolCall, tool, whileTelling } from "./tool.ts";

const work = z.strictObject({
  agent: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Name of a running agent, as list_agents shows it. Give either agent or profile."),
  profile: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "Name of a role, as list_profiles shows it: an idle worker with that role is taken, or a new one is launched for this work. Give either agent or profile.",
    ),
  message: z
    .string()
    .min(1)
    .max(1_000_000)
    .describe(
      "The whole task. The worker knows nothing of your conversation: say what to do, in which files, what must hold in the end, and what its answer must contain.",
    ),
  provider: z
    .string()
    .max(100)
    .optional()
    .describe(
      "With profile: which agent CLI a new worker runs, for example claude-code, codex or gemini. Leave it away for the profile's own, or else yours.",
    ),
  cwd: z
    .string()
    .max(4_096)
    .optional()
    .describe(
      "With profile: absolute path of the folder where a new worker works; within your own working directory. Leave it away to work where you are.",
    ),
  worktree: z
    .string()
    .max(100)
    .optional()
    .describe(
      "With profile: a branch name; the new worker gets a git worktree of its own on it, so that it does not edit your files.",
    ),
  timeout_seconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe("The worker is stopped when it is not done by then. Leave it away for an hour."),
  fresh: z
    .boolean()
    .optional()
    .describe("With profile: true launches a new worker though an idle one may be there."),
  keep: z
    .boolean()
    .optional()
    .describe(
      "With profile: true leaves a new worker running afterwards, so that you can give it more work by its name.",
    ),
  key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      "A name you choose for this piece of work. The same call with the same key is never done twice.",
    ),
});

const handOff = tool({
  name: "handoff",
  title: "Hand work to another agent and wait for its answer",
  description:
    "Gives a task to another agent and waits until it has finished; returns its final answer. Use it when you need the answer to go on. For several tasks at once, or for one that takes long, use assign. If this call is cut off, repeat it exactly: the work is not done twice, and you get its answer.",
  input: work,
  run: async (input, call) => outcome(await request("handoff", input, call), call),
});

async function outcome(asked: HandoffView, call: ToolCall): Promise<string | Failure> {
  const { services, caller, signal, limitMs } = call;
  const left = asked.expiresAt - services.clock.now() + 60_000;
  const waitMs = Math.min(left, limitMs ?? left);
  const waiting = services.handoffs.wait(asked.id, caller, { waitMs, signal });
  const stand = async () => standText(await services.handoffs.get(asked.id, caller));
  const settled = await whileTelling(call, stand, waiting);
  if (settled.settledAt === null) return handleText(settled);
  const text = outcomeText(settled);
  return settled.state === "done" ? text : { failure: text };
}

/** Not listed: with it the door answers a client whose connection broke in the middle of a handoff. */
export const resumeHandoff = tool({
  name: "resume_handoff",
  title: "Wait on for a handoff whose connection broke",
  description: "Answers what handoff would have answered.",
  input: z.strictObject({ key: z.string().min(1).max(200) }),
  run: async ({ key }, call) => {
    const own = await call.services.handoffs.list(call.caller, { open: false });
    const cut = own.find((each) => each.key === key && each.from === `agent:${call.own.record.id}`);
    if (cut !== undefined) return outcome(cut, call);
    return { failure: "The connection broke before the work was handed on. Call handoff again." };
  },
});

const assign = tool({
  name: "assign",
  title: "Give work to another agent without waiting",
  description:
    "Gives a task to another agent and returns at once. Its answer is typed to you later as a message that begins with [assignment …], when your turn has ended. Use it for several tasks side by side. When all are assigned, end your turn: the answers come one by one.",
  input: work,
  run: async (input, call) => {
    const asked = await request("assignment", input, call);
    return `Assigned as ${asked.id} to ${whoOf(asked)}. Its answer will come to you as a message; do not wait for it and do not ask again. get_status with handoff "${asked.id}" shows how it stands.`;
  },
});

const reportResult = tool({
  name: "report_result",
  title: "Hand in the result of the work you were given",
  description:
    "If another agent gave you the task you work on: sets the answer that it gets when your turn ends, in place of your last words. You need this only where your final answer would not be the result itself. May be called again; the last one counts.",
  input: z.strictObject({
    result: z
      .string()
      .min(1)
      .max(4_000_000)
      .describe("The whole result, as the other agent shall read it."),
  }),
  run: async ({ result }, { services, caller }) => {
    const { id, fromName } = await services.handoffs.report(caller, result);
    return `Kept as the result of ${id} for ${fromName}. It gets it when your turn ends.`;
  },
});

export const handoffTools: readonly Tool[] = [handOff, assign, reportResult];

function request(
  kind: HandoffKind,
  input: z.output<typeof work>,
  { services, caller, key }: ToolCall,
): Promise<HandoffView> {
  const { agent, profile, message, provider, cwd, worktree, timeout_seconds: seconds } = input;
  const chosen = input.key ?? key;
  return services.handoffs.request(
    {
      kind,
      message,
      ...(agent === undefined ? {} : { terminal: agent }),
      ...(profile === undefined ? {} : { profile }),
      ...(provider === undefined ? {} : { provider }),
      ...(cwd === undefined ? {} : { cwd }),
      ...(worktree === undefined ? {} : { worktree }),
      ...(seconds === undefined ? {} : { timeoutMs: seconds * 1_000 }),
      ...(input.fresh === undefined ? {} : { fresh: input.fresh }),
      ...(input.keep === undefined ? {} : { keep: input.keep }),
      ...(chosen === undefined ? {} : { key: chosen }),
    },
    caller,
    // A key that the model did not choose says nothing of what it asked for before.
    { adopts: input.key === undefined },
  );
}

/** For a CLI that lets no call take longer. */
function handleText(handoff: HandoffView): string {
  return `Not finished yet: ${standText(handoff)}. The work goes on as ${handoff.id}, and its answer will come to you as a message. Do not ask again: do other work, or end your turn. get_status with handoff "${handoff.id}" shows how it stands.`;
}

const STANDS: Readonly<Record<HandoffView["state"], string>> = {
  requested: "is looked for",
  starting: "starts",
  submitted: "has the task and has not begun",
  running: "works on it",
  question: "waits for a human's answer",
  done: "is done",
  failed: "failed",
  cancelled: "was stopped",
  "timed-out": "was not done in time",
};

export function standText(handoff: HandoffView): string {
  return `${whoOf(handoff)} ${STANDS[handoff.state]}`;
}

function whoOf({ terminalName, profile }: HandoffView): string {
  return terminalName ?? (profile === null ? "the worker" : `a ${profile}`);
}
