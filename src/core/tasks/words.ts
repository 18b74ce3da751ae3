/** What an agent is told of a task that it was given. Pure. */
import type { TaskRecord } from "./store.ts";

const ERROR_TOLD = 4_000;

export function promptOf(task: TaskRecord): string {
  const { prompt, title, payload, execution, attempt, maxAttempts, error } = task;
  const parts = [prompt ?? title];
  if (Object.keys(payload).length > 0)
    parts.push(`Data of this task:\n${JSON.stringify(payload, null, 2)}`);
  if (error !== null && error.upstream === null)
    parts.push(
      `This is try ${attempt} of ${maxAttempts}. The one before failed: ${error.message.slice(0, ERROR_TOLD)}`,
    );
  if (execution.doneBy === "agent")
    parts.push(
      `When it is done, call the tool complete_task with your result, or run \`conductor task complete ${task.id} --result …\`. When it cannot be done, call fail_task and say why. Ending your turn alone does not end the task.`,
    );
  return parts.join("\n\n");
}
