import type { Command } from "commander";
import { bare } from "./command.ts";
import type { Context } from "./context.ts";
import { cancelCommand, resumeCommand, retryCommand } from "./task-change.ts";
import { createCommand } from "./task-create.ts";
import { executeCommand, whyCommand } from "./task-execute.ts";
import { depsCommand, listCommand, showCommand } from "./task-list.ts";
import { exportCommand, importCommand } from "./task-transfer.ts";
import { watchCommand } from "./task-watch.ts";
import {
  claimCommand,
  completeCommand,
  failCommand,
  heartbeatCommand,
  layDownCommand,
} from "./task-work.ts";

export function build(context: Context): Command {
  return bare("task", "Work that waits in the queue: create it, claim it, settle it, watch it", [
    'task create "fix the parser" --label ts --lock "src/parser/**"',
    "task list --open",
    "task claim",
    'task complete task_0199ab --result "all tests pass"',
    "task watch",
  ])
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(watchCommand(context))
    .addCommand(executeCommand(context))
    .addCommand(whyCommand(context))
    .addCommand(depsCommand(context))
    .addCommand(claimCommand(context))
    .addCommand(heartbeatCommand(context))
    .addCommand(completeCommand(context))
    .addCommand(failCommand(context))
    .addCommand(layDownCommand(context, "release"))
    .addCommand(layDownCommand(context, "wait"))
    .addCommand(resumeCommand(context))
    .addCommand(cancelCommand(context))
    .addCommand(retryCommand(context))
    .addCommand(importCommand(context))
    .addCommand(exportCommand(context));
}
