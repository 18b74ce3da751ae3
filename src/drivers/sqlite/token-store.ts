import { ConductorError } from "../../base/errors.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { TokenView } from "../../contract/tokens.ts";
import { OWNER, type TokenStore } from "../../core/approvals/index.ts";
import type { ConductorDatabase } from "./database.ts";

const COLUMNS = "name, scope, created_at AS createdAt";

export function createTokenStore(db: ConductorDatabase): TokenStore {
  const find = (name: string): TokenView | undefined =>
    db.get<TokenView>(`SELECT ${COLUMNS} FROM tokens WHERE name = ?`, name);
  return {
    add: async ({ name, scope, digest }, now) =>
      db.write((append) => {
        if (name === OWNER || find(name) !== undefined) {
          throw new ConductorError("name.taken", `${name} has a token already`, {
            hint: `conductor token revoke ${name}`,
          });
        }
        const sql = "INSERT INTO tokens (name, scope, digest, created_at) VALUES (?, ?, ?, ?)";
        db.run(sql, name, scope, digest, now);
        append(event("created", { name, scope }));
        return { name, scope, createdAt: now };
      }),
    list: async () => db.all<TokenView>(`SELECT ${COLUMNS} FROM tokens ORDER BY name`),
    remove: async (name) =>
      db.write((append) => {
        const found = find(name);
        if (found === undefined)
          throw new ConductorError("not_found", `${name} has no token`, {
            hint: "conductor token list",
          });
        db.run("DELETE FROM tokens WHERE name = ?", name);
        append(event("revoked", found));
        return found;
      }),
    bearerOf: (digest) =>
      db.get<TokenView>(`SELECT ${COLUMNS} FROM tokens WHERE digest = ?`, digest),
  };
}

function event(verb: string, { name, scope }: Pick<TokenView, "name" | "scope">): NewEvent {
  return { type: `token.${verb}`, subject: `${scope}:${name}`, actor: "human", data: {} };
}
