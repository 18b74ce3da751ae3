import type { Instant } from "../../base/clock.ts";
import type { HumanView } from "../../contract/humans.ts";

/** Who bears the token that is a file of the home. */
export const OWNER = "owner";

/** People beside the owner. Their tokens are known by digest only. */
export interface HumanStore {
  /** @throws {ConductorError} `name.taken` */
  add(name: string, digest: string, now: Instant): Promise<HumanView>;
  list(): Promise<readonly HumanView[]>;
  /** @throws {ConductorError} `not_found` */
  remove(name: string): Promise<HumanView>;
  nameOf(digest: string): string | undefined;
}
