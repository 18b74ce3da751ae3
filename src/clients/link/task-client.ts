/** The calls about tasks, as `client.tasks`. */
import { routes } from "../../contract/routes.ts";
import type {
  ClaimedTask,
  ClaimRequest,
  CompleteRequest,
  CreatedTask,
  ExportPage,
  FailRequest,
  HeartbeatRequest,
  ReasonRequest,
  TaskCounts,
  TaskDependencies,
  TaskPage,
} from "../../contract/task-calls.ts";
import type { DependsOn, LockView, TaskRequest, TaskView } from "../../contract/tasks.ts";

export interface TaskFilter {
  readonly state?: readonly string[] | undefined;
  readonly queue?: string | undefined;
  readonly label?: string | undefined;
  readonly type?: string | undefined;
  readonly group?: string | undefined;
  readonly terminal?: string | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export interface Calls {
  get<T>(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<T>;
  post<T>(path: string, body: object, options?: { readonly deadlineMs: number }): Promise<T>;
}

/** Thousands of tasks are one transaction. */
const CREATE_DEADLINE_MS = 120_000;

/** A task's check runs before it is done. */
const CHECK_DEADLINE_MS = 30 * 60_000;

export class TaskClient {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  create(tasks: readonly TaskRequest[]): Promise<CreatedTask[]> {
    return this.#calls.post(routes.tasks, { tasks }, { deadlineMs: CREATE_DEADLINE_MS });
  }
  list(filter: TaskFilter = {}): Promise<TaskPage> {
    return this.#calls.get(routes.tasks, queryOf(filter));
  }
  counts(): Promise<TaskCounts> {
    return this.#calls.get(routes.taskCounts);
  }
  export(filter: TaskFilter): Promise<ExportPage> {
    return this.#calls.get(routes.taskExport, queryOf(filter));
  }
  show(ref: string): Promise<TaskView> {
    return this.#calls.get(routes.task(ref));
  }
  dependencies(ref: string): Promise<TaskDependencies> {
    return this.#calls.get(routes.taskAction(ref, "dependencies"));
  }
  link(ref: string, dependsOn: readonly DependsOn[]): Promise<TaskView> {
    return this.#act(ref, "dependencies", { dependsOn });
  }
  /** Null where there is nothing to claim. */
  claim(asked: ClaimRequest): Promise<ClaimedTask | null> {
    return this.#calls.post(routes.taskClaim, asked);
  }
  beat(ref: string, asked: HeartbeatRequest): Promise<TaskView> {
    return this.#act(ref, "heartbeat", asked);
  }
  complete(ref: string, asked: CompleteRequest): Promise<TaskView> {
    return this.#act(ref, "complete", asked, CHECK_DEADLINE_MS);
  }
  fail(ref: string, asked: FailRequest): Promise<TaskView> {
    return this.#act(ref, "fail", asked);
  }
  release(ref: string, asked: ReasonRequest): Promise<TaskView> {
    return this.#act(ref, "release", asked);
  }
  putBy(ref: string, asked: ReasonRequest): Promise<TaskView> {
    return this.#act(ref, "wait", asked);
  }
  resume(ref: string): Promise<TaskView> {
    return this.#act(ref, "resume", {});
  }
  cancel(ref: string, asked: { readonly reason?: string | undefined }): Promise<TaskView> {
    return this.#act(ref, "cancel", asked);
  }
  retry(ref: string): Promise<TaskView> {
    return this.#act(ref, "retry", {});
  }
  locks(): Promise<LockView[]> {
    return this.#calls.get(routes.locks);
  }

  #act(ref: string, action: string, body: object, deadlineMs?: number): Promise<TaskView> {
    const options = deadlineMs === undefined ? undefined : { deadlineMs };
    return this.#calls.post(routes.taskAction(ref, action), body, options);
  }
}

function queryOf({ state, before, limit, ...words }: TaskFilter) {
  return {
    ...words,
    state: state?.join(","),
    before: before?.toString(),
    limit: limit?.toString(),
  };
}
