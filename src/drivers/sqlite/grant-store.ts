import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { GrantView } from "../../contract/grants.ts";
import {
  type GrantStore,
  grantKey,
  type NewGrant,
  normalCommand,
} from "../../core/approvals/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";

const COLUMNS = `id, agent, workspace, cwd, command, decided_by AS decidedBy, approval_id AS approvalId,
  created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt`;

export function createGrantStore(db: ConductorDatabase): GrantStore {
  return {
    find: async (key, now) =>
      db.get<GrantView>(
        `SELECT ${COLUMNS} FROM grants
          WHERE key = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY expires_at DESC LIMIT 1`,
        key,
        now,
      ),
    list: async (now) =>
      db.all<GrantView>(
        `SELECT ${COLUMNS} FROM grants
          WHERE revoked_at IS NULL AND expires_at > ? ORDER BY created_at DESC, id DESC`,
        now,
      ),
    revoke: async (ref, by, now) => db.write((append) => revoke(db, ref, { by, now }, append)),
  };
}

/** Within the transaction of the yes that it comes from. */
export function insertGrant(
  db: ConductorDatabase,
  grant: NewGrant,
  from: { readonly by: string; readonly approvalId: string; readonly now: Instant },
  append: Append,
): void {
  const id = newId("g", from.now);
  const { agent, cwd, expiresAt } = grant;
  const command = normalCommand(grant.command);
  db.run(
    `INSERT INTO grants (id, key, agent, workspace, cwd, command, decided_by, approval_id, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    grantKey(grant),
    agent,
    grant.workspace,
    cwd,
    command,
    from.by,
    from.approvalId,
    from.now,
    expiresAt,
  );
  const data = { agent, cwd, command, expiresAt, approval: from.approvalId };
  append({ type: "grant.made", subject: id, actor: from.by, data });
}

function revoke(
  db: ConductorDatabase,
  ref: string,
  of: { by: string; now: Instant },
  append: Append,
): GrantView {
  const start = ref.startsWith("g_") ? ref : `g_${ref}`;
  const [found, more] = db.all<GrantView>(
    `SELECT ${COLUMNS} FROM grants WHERE id >= ? AND id < ? AND revoked_at IS NULL LIMIT 2`,
    start,
    `${start}~`,
  );
  if (found === undefined || start === "g_") {
    throw new ConductorError("not_found", `no grant ${ref} is in force`, {
      hint: "conductor grants list",
    });
  }
  if (more !== undefined) {
    throw new ConductorError("name.ambiguous", `${ref} begins the id of more than one grant`, {
      hint: "write more of the id",
    });
  }
  db.run("UPDATE grants SET revoked_at = ? WHERE id = ?", of.now, found.id);
  const { agent, cwd, command } = found;
  append({ type: "grant.revoked", subject: found.id, actor: of.by, data: { agent, cwd, command } });
  return { ...found, revokedAt: of.now };
}
