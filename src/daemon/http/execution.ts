/** Tasks that the daemon has done: on demand, by itself, and why; the texts of their evidence. */
import { api } from "../../contract/api/index.ts";
import { deciderOf } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";
import { viewOf } from "./tasks.ts";

export function executionRoutes(app: App, services: Services): void {
  const { taskWork } = services;
  serve(app, services, api.executeTask, async ({ param }) => {
    const { task, routing } = await taskWork.execute(param("ref"));
    return { task: viewOf(task), routing };
  });
  serve(app, services, api.explainTask, async ({ param }) => {
    const { task, ...why } = await taskWork.why(param("ref"));
    return { task: viewOf(task), ...why };
  });
  serve(app, services, api.readBlob, async ({ param, context }) => {
    const bytes = await taskWork.blobs.read(param("sha"));
    // What an agent wrote is nothing that a browser should run.
    return context.body(new Uint8Array(bytes), 200, {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": "attachment",
    });
  });
  serve(app, services, api.showAuto, () => taskWork.auto());
  serve(app, services, api.turnAuto, async ({ body, caller }) => {
    const { on, release, queues } = body;
    const before = await taskWork.setting();
    const to = { on, queues: queues ?? before.queues };
    await taskWork.turn(to, { by: deciderOf(caller), release });
    return taskWork.auto();
  });
}
