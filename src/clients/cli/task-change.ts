/** What a person does to a task, whoever holds it. */
import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { settledText } from "./task-work.ts";

interface CancelOptions extends JsonOption {
  readonly reason?: string;
}

export function cancelCommand(context: Context): Command {
  return command("cancel", "Cancel it; what depends on it follows as its edges say", [
    'task cancel task_0199ab --reason "not needed any more"',
  ])
    .argument("<id>", "its id, or the start of it")
    .option("-r, --reason <text>", "why")
    .action(async (ref: string, { reason, json }: CancelOptions) => {
      const client = await openClient(context);
      const task = await client.tasks.cancel(ref, reason === undefined ? {} : { reason });
      present(context, json, task, () => settledText(task));
    });
}

export function retryCommand(context: Context): Command {
  return command("retry", "Try again what failed, died or was cancelled", [
    "task retry task_0199ab",
    "task list --state dead",
  ])
    .argument("<id>", "its id, or the start of it")
    .action(async (ref: string, { json }: JsonOption) => {
      const task = await (await openClient(context)).tasks.retry(ref);
      present(context, json, task, () => settledText(task));
    });
}

export function resumeCommand(context: Context): Command {
  return command("resume", "Put what waits for a person back into the queue", [
    "task resume task_0199ab",
  ])
    .argument("<id>", "its id, or the start of it")
    .action(async (ref: string, { json }: JsonOption) => {
      const task = await (await openClient(context)).tasks.resume(ref);
      present(context, json, task, () => settledText(task));
    });
}
