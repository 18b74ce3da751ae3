import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { HandoffView } from "../../contract/handoffs.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { presentOutcome, untilSettled } from "./handing.ts";
import { detailText, progressText, whoText } from "./handoff-text.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return command("handoffs", "Work that was given to agents, and its results", [
    "handoffs",
    "handoffs list --open",
    "handoffs show h_0192ab",
    "handoffs result h_0192ab --wait",
    "handoffs cancel h_0192ab",
  ])
    .action((options: JsonOption) => list(context, options))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(resultCommand(context))
    .addCommand(cancelCommand(context));
}

interface ListOptions extends JsonOption {
  readonly open?: boolean;
}

function listCommand(context: Context): Command {
  return command("list", "List them, newest first", ["handoffs list --open"])
    .option("-o, --open", "only what is not over")
    .action((options: ListOptions, self: Command) =>
      list(context, { ...options, json: wantsJson(options, self) }),
    );
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const client = await openClient(context);
  const all = await client.handoffs({ open: options.open });
  const text = await listText(context, all);
  present(context, options.json, all, () => text);
}

function showCommand(context: Context): Command {
  return command("show", "Show one with its text and its result", ["handoffs show h_0192ab"])
    .argument("<id>", "its id, or the start of it")
    .action(async (id: string, options: JsonOption, self: Command) => {
      const handoff = await (await openClient(context)).handoff(id);
      present(context, wantsJson(options, self), handoff, () => detailText(handoff, Date.now()));
    });
}

interface ResultOptions extends JsonOption {
  readonly wait?: boolean;
}

function resultCommand(context: Context): Command {
  return command("result", "Print the answer alone", ["handoffs result h_0192ab --wait"])
    .argument("<id>", "its id, or the start of it")
    .option("-w, --wait", "wait until it is there")
    .action(async (id: string, options: ResultOptions, self: Command) => {
      const client = await openClient(context);
      let shown = await client.handoff(id);
      const json = wantsJson(options, self);
      if (options.wait !== true || shown.settledAt !== null) {
        if (shown.settledAt !== null) return presentOutcome(context, json, shown);
        return present(context, json, shown, () => progressText(shown));
      }
      const settled = untilSettled(context, client, shown, (now) => {
        shown = now;
      });
      const outcome = await withProgress(context.stderr, () => progressText(shown), settled);
      return presentOutcome(context, json, outcome);
    });
}

function cancelCommand(context: Context): Command {
  return command("cancel", "Stop one; its worker is interrupted", ["handoffs cancel h_0192ab"])
    .argument("<id>", "its id, or the start of it")
    .action(async (id: string, options: JsonOption, self: Command) => {
      const handoff = await (await openClient(context)).cancelHandoff(id);
      present(context, wantsJson(options, self), handoff, () => `cancelled ${handoff.id}`);
    });
}

/** The group takes `--json` too, and commander gives it to whichever reads it first. */
function wantsJson(options: JsonOption, self: Command): boolean {
  return options.json === true || self.parent?.opts<JsonOption>().json === true;
}

async function listText(context: Context, all: readonly HandoffView[]): Promise<string> {
  if (all.length === 0) return "no handoffs\n";
  const now = Date.now();
  const rows = all.map((each) => [
    each.id,
    printableLine(each.fromName),
    whoText(each),
    each.state,
    age(each.createdAt, now),
    printableLine(each.message.split("\n", 1)[0] ?? "").slice(0, 60),
  ]);
  const look = tableLook(context.env, context.stdout);
  return table([["ID", "FROM", "TO", "STATE", "AGE", "TEXT"], ...rows], {
    ...look,
    cut: [[5], [1, 2]],
  });
}
