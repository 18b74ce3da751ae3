import { createHash } from "node:crypto";
import type { Instant } from "../../base/clock.ts";
import type { ApprovalAction } from "../../contract/approvals.ts";
import type { GrantView } from "../../contract/grants.ts";
import { canonicalJson } from "../journal/index.ts";

/** What a grant is bound to; the content of the files that the command names counts as well. */
export interface GrantScope {
  readonly agent: string;
  readonly workspace: string;
  readonly cwd: string;
  readonly command: string;
  readonly files: NonNullable<ApprovalAction["files"]>;
}

export interface NewGrant extends GrantScope {
  readonly expiresAt: Instant;
}

export function grantKey(scope: GrantScope): string {
  const { agent, workspace, cwd, files } = scope;
  const bound = { agent, workspace, cwd, command: normalCommand(scope.command), files };
  return createHash("sha256").update(canonicalJson(bound)).digest("hex");
}

/** Blanks at the ends, and runs of them where nothing is quoted, say nothing. */
export function normalCommand(text: string): string {
  const trimmed = text.trim();
  return /["'\\\n]/.test(trimmed) ? trimmed : trimmed.replaceAll(/[ \t]+/g, " ");
}

/** Grants are made by `ApprovalStore.decide`, with the yes that they come from. */
export interface GrantStore {
  /** The one in force for that key. */
  find(key: string, now: Instant): Promise<GrantView | undefined>;
  /** Those in force, newest first. */
  list(now: Instant): Promise<readonly GrantView[]>;
  /** By id or a unique beginning of one. @throws {ConductorError} `not_found`, `name.ambiguous` */
  revoke(ref: string, by: string, now: Instant): Promise<GrantView>;
}
