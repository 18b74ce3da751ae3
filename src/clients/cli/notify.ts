import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { NotificationView, NotifyRuleView, NotifyTested } from "../../contract/notify.ts";
import { isReset } from "../link/events.ts";
import { follow } from "../link/follow.ts";
import { bare, command, count, type JsonOption } from "./command.ts";
import { type Context, Exit, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return bare("notify", "Who is told of what; the rules stand in config.yaml under notify:", [
    "notify list",
    "notify test desktop",
    "notify history",
    "notify watch",
  ])
    .addCommand(listCommand(context))
    .addCommand(testCommand(context))
    .addCommand(historyCommand(context))
    .addCommand(watchCommand(context));
}

function listCommand(context: Context): Command {
  return command("list", "The rules in force, and what came of each", ["notify list"]).action(
    async ({ json }: JsonOption) => {
      const rules = await (await openClient(context)).notifyRules();
      const head = ["RULE", "ON", "WHEN", "TO", "SENT", "WAIT", "FAILED", "DROPPED"];
      const look = { ...tableLook(context.env, context.stdout), cut: [[2], [1, 3]] };
      const text =
        rules.length === 0 ? "no rules; add some under notify: in config.yaml\n" : undefined;
      const drawn = text ?? (await table([head, ...rules.map(ruleRow)], look));
      present(context, json, rules, () => drawn);
    },
  );
}

function ruleRow({ name, on, when, to, counts }: NotifyRuleView): string[] {
  const { sent, queued, failed, dropped } = counts;
  const numbers = [sent, queued, failed, dropped].map(String);
  return [name, on.join(","), when ?? "-", to.join(","), ...numbers].map(printableLine);
}

function testCommand(context: Context): Command {
  return command("test", "Tell targets something now, and say whether that worked", [
    "notify test",
    "notify test desktop webhook:team",
  ])
    .argument(
      "[targets...]",
      "console, desktop, tmux, inbox:TERMINAL, webhook:NAME; else all of the rules",
    )
    .action(async (to: string[], { json }: JsonOption) => {
      const client = await openClient(context);
      const asked = client.testNotifications({ to });
      const tested = await withProgress(context.stderr, () => "telling", asked);
      if (tested.length === 0) throw nobodyTold();
      present(context, json, tested, () => testedText(tested));
      if (tested.some(({ error }) => error !== null)) throw new Exit(1);
    });
}

function testedText(tested: readonly NotifyTested[]): string {
  const lines = tested.map(({ target, error }) => `${target}: ${error ?? "told"}`);
  return `${lines.map(printableLine).join("\n")}\n`;
}

function nobodyTold(): ConductorError {
  return new ConductorError("usage.invalid", "nobody was told: no rule names a target", {
    hint: "say which, as in: conductor notify test desktop",
  });
}

interface HistoryOptions extends JsonOption {
  readonly limit?: number;
}

function historyCommand(context: Context): Command {
  return command("history", "What was told, what waits and what was given up, newest first", [
    "notify history",
    "notify history --limit 200 --json",
  ])
    .option("-n, --limit <number>", "how many, else 50", count)
    .action(async ({ limit = 50, json }: HistoryOptions) => {
      const all = await (await openClient(context)).notifications(limit);
      const look = { ...tableLook(context.env, context.stdout), cut: [[5], [4]] };
      const head = ["AGE", "RULE", "TARGET", "STATE", "TEXT", "ERROR"];
      const rows = all.map((each) => historyRow(each, Date.now()));
      const drawn = all.length === 0 ? "no notifications\n" : await table([head, ...rows], look);
      present(context, json, all, () => drawn);
    });
}

function historyRow(each: NotificationView, now: number): string[] {
  const { createdAt, rule, target, state, title, body, error } = each;
  const text = `${title}: ${body}`;
  return [age(createdAt, now), rule, target, state, text, error ?? "-"].map(printableLine);
}

function watchCommand(context: Context): Command {
  return command(
    "watch",
    "Be the console: print what rules send there, with a bell, until Ctrl-C",
    ["notify watch", "notify watch --json"],
  ).action(async ({ json }: JsonOption) => {
    const client = await openClient(context);
    for await (const event of follow(client, { after: undefined, signal: context.signal })) {
      if (!isReset(event) && isForConsole(event))
        present(context, json, event, () => lineOf(context, event));
    }
  });
}

function isForConsole({ type, data }: JournalEvent): boolean {
  return (
    (type === "notification.sent" || type === "notification.tested") && data["target"] === "console"
  );
}

function lineOf({ stdout }: Context, { time, data }: JournalEvent): string {
  const at = new Date(time).toTimeString().slice(0, 8);
  const bell = stdout.isTTY === true ? "\u0007" : "";
  return `${bell}${printableLine(`${at}  ${String(data["title"])}: ${String(data["body"])}`)}`;
}
