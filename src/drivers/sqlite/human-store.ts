import { ConductorError } from "../../base/errors.ts";
import type { HumanView } from "../../contract/humans.ts";
import { type HumanStore, OWNER } from "../../core/approvals/index.ts";
import type { ConductorDatabase } from "./database.ts";

const COLUMNS = "name, created_at AS createdAt";

export function createHumanStore(db: ConductorDatabase): HumanStore {
  return {
    add: async (name, digest, now) =>
      db.write((append) => {
        if (name === OWNER || find(db, name) !== undefined) {
          throw new ConductorError("name.taken", `${name} has a token already`, {
            hint: `conductor token revoke ${name}`,
          });
        }
        const sql = "INSERT INTO human_tokens (name, digest, created_at) VALUES (?, ?, ?)";
        db.run(sql, name, digest, now);
        append({ type: "token.created", subject: `human:${name}`, actor: "human", data: {} });
        return { name, createdAt: now };
      }),
    list: async () => db.all<HumanView>(`SELECT ${COLUMNS} FROM human_tokens ORDER BY name`),
    remove: async (name) =>
      db.write((append) => {
        const found = find(db, name);
        if (found === undefined)
          throw new ConductorError("not_found", `${name} has no token`, {
            hint: "conductor token list",
          });
        db.run("DELETE FROM human_tokens WHERE name = ?", name);
        append({ type: "token.revoked", subject: `human:${name}`, actor: "human", data: {} });
        return found;
      }),
    nameOf: (digest) =>
      db.get<{ name: string }>("SELECT name FROM human_tokens WHERE digest = ?", digest)?.name,
  };
}

function find(db: ConductorDatabase, name: string): HumanView | undefined {
  return db.get<HumanView>(`SELECT ${COLUMNS} FROM human_tokens WHERE name = ?`, name);
}
