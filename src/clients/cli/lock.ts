import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { LockView } from "../../contract/tasks.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { shortIds } from "./task-text.ts";

export function build(context: Context): Command {
  return bare("lock", "What tasks keep for themselves while they are done", [
    "lock list",
    "lock list --json",
  ]).addCommand(listCommand(context));
}

function listCommand(context: Context): Command {
  return command("list", "The locks that are held, by which task, and who waits for them", [
    "lock list",
  ]).action(async ({ json }: JsonOption) => {
    const client = await openClient(context);
    const locks = await client.tasks.locks();
    const terminals = locks.length === 0 ? [] : await client.terminals({ all: true });
    const names = new Map(terminals.map(({ id, name }) => [`agent:${id}`, name]));
    const drawn = await listText(context, locks, (actor) => names.get(actor) ?? actor);
    present(context, json, locks, () => drawn);
  });
}

async function listText(
  context: Context,
  locks: readonly LockView[],
  nameOf: (actor: string) => string,
): Promise<string> {
  if (locks.length === 0) return "no locks are held\n";
  const now = Date.now();
  const named = locks.flatMap(({ task, waiting }) => [task, ...waiting.map((each) => each.task)]);
  const ids = shortIds(named);
  const rows = locks.flatMap((lock) => [
    [
      whatOf(lock),
      lock.mode,
      ids.get(lock.task) ?? lock.task,
      printableLine(lock.title),
      printableLine(nameOf(lock.owner)),
      age(lock.since, now),
    ],
    ...lock.waiting.map((waiter) => [
      `  ${whatOf(waiter)}`,
      "waits",
      ids.get(waiter.task) ?? waiter.task,
      printableLine(waiter.title),
      "",
      "",
    ]),
  ]);
  const look = tableLook(context.env, context.stdout);
  const head = ["LOCK", "MODE", "TASK", "TITLE", "HOLDER", "SINCE"];
  return table([head, ...rows], { ...look, cut: [[3], [0], [4]], keep: [2] });
}

function whatOf({ kind, glob }: Pick<LockView, "kind" | "glob">): string {
  return printableLine(kind === "module" ? `module ${glob}` : glob);
}
