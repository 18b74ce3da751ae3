import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Lease, TaskStore } from "../core/tasks/index.ts";

export interface KeepPorts {
  readonly tasks: Pick<TaskStore, "heartbeat">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Renews a lease for as long as the daemon itself works on its task; the returned function ends that. */
export function keepLease(
  { tasks, clock, log }: KeepPorts,
  { id, fence }: Lease,
  leaseMs: number,
): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = clock.after(leaseMs / 3, () => {
      next();
      tasks.heartbeat({ id, fence }, undefined, clock.now()).catch((error: unknown) => {
        log.debug({ task: id, error: describeError(error) }, "a lease was not renewed");
      });
    });
  };
  next();
  return () => cancel();
}
