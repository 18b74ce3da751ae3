/** Agents whose "agent" is a shell: what is typed there runs at once, past every question. */
import { ConductorError } from "../base/errors.ts";
import type { Catalog } from "./catalog.ts";

/** Nothing stands in front of what it is told, since it is not a text to it. */
export function runsText(catalog: Pick<Catalog, "running">, provider: string): boolean {
  return catalog.running(provider).submit.guard === "";
}

/**
 * For what another agent wants typed there.
 * @throws {ConductorError} `auth.refused`
 */
export function refuseShell(catalog: Pick<Catalog, "running">, provider: string): void {
  if (!runsText(catalog, provider)) return;
  throw new ConductorError("auth.refused", `an agent cannot have a ${provider} run a text`, {
    hint: "run the command yourself, so that it is judged",
  });
}
