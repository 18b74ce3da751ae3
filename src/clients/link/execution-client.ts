/** The calls about tasks that the daemon does, as `client.execution`. */
import type { AutoRequest, AutoView, Executed, TaskWhy } from "../../contract/execution.ts";
import { routes } from "../../contract/routes.ts";
import type { Calls } from "./task-client.ts";

export class ExecutionClient {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  execute(ref: string): Promise<Executed> {
    return this.#calls.post(routes.taskAction(ref, "execute"), {});
  }
  why(ref: string): Promise<TaskWhy> {
    return this.#calls.get(routes.taskAction(ref, "why"));
  }
  auto(): Promise<AutoView> {
    return this.#calls.get(routes.auto);
  }
  turnAuto(to: AutoRequest): Promise<AutoView> {
    return this.#calls.post(routes.auto, to);
  }
}
