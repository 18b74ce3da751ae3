import { ConductorError } from "../../base/errors.ts";
import type { ConductorDatabase } from "./database.ts";

/** Tables whose rows people name, and the command that lists them. */
const LISTS = {
  messages: "conductor inbox",
  approvals: "conductor approvals --all",
  handoffs: "conductor handoffs list",
  agents: "conductor ai list",
  tasks: "conductor task list",
} as const;

/**
 * The full id that a reference means: an id, a unique beginning of one (with or without `m_`), or a number column's value.
 * @throws {ConductorError} `not_found`, `name.ambiguous`
 */
export function resolveId(
  db: ConductorDatabase,
  ref: string,
  kind: { table: keyof typeof LISTS; what: string; prefix: string; number?: string },
): string {
  if (kind.number !== undefined && /^[1-9]\d{0,14}$/.test(ref)) {
    const sql = `SELECT id FROM ${kind.table} WHERE ${kind.number} = ?`;
    const row = db.get<{ id: string }>(sql, Number(ref));
    if (row !== undefined) return row.id;
  }
  const start = ref.startsWith(kind.prefix) ? ref : `${kind.prefix}${ref}`;
  const rows = db.all<{ id: string }>(
    `SELECT id FROM ${kind.table} WHERE id >= ? AND id < ? ORDER BY id LIMIT 3`,
    start,
    `${start}~`,
  );
  const [first, second] = rows;
  if (first === undefined || ref === "" || ref === kind.prefix) {
    throw new ConductorError("not_found", `no ${kind.what} ${ref || "without an id"}`, {
      hint: LISTS[kind.table],
    });
  }
  if (second === undefined || first.id === start) return first.id;
  throw new ConductorError("name.ambiguous", `${ref} begins the id of more than one ${kind.what}`, {
    hint: "write more of the id",
    data: { matches: rows.map((row) => row.id) },
  });
}
