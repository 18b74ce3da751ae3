import type { Command } from "commander";
import { command } from "./command.ts";
import type { Context } from "./context.ts";
import {
  type AskOptions,
  handOff,
  leftText,
  presentOutcome,
  untilSettled,
  withAskOptions,
} from "./handing.ts";
import { progressText } from "./handoff-text.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";

export function build(context: Context): Command {
  const about = "Give work to another agent and wait for its answer";
  const bare = command("handoff", about, [
    'handoff reviewer "review the last commit of this branch"',
    'handoff dev "fix the failing test in cart.test.ts" --timeout 20m',
    "git diff | conductor handoff --profile reviewer --provider codex -",
    'handoff developer --worktree fix-cart "…" --json',
  ]);
  return withAskOptions(bare).action((words: string[], options: AskOptions) =>
    run(context, words, options),
  );
}

async function run(context: Context, words: string[], options: AskOptions): Promise<void> {
  const client = await openClient(context);
  const asked = await handOff(context, client, { kind: "handoff", words, options });
  let shown = asked;
  const settled = untilSettled(context, client, asked, (now) => {
    shown = now;
  });
  const working = withProgress(context.stderr, () => progressText(shown), settled);
  const outcome = await working.catch((error: unknown) => {
    if (context.signal.aborted && options.json !== true) context.stderr.write(leftText(asked));
    throw error;
  });
  presentOutcome(context, options.json, outcome);
}
