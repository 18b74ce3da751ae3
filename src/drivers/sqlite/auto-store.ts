import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import { type AutoSetting, autoSetting } from "../../contract/execution.ts";
import type { NewApproval } from "../../core/approvals/index.ts";
import type { AutoStore } from "../../core/tasks/index.ts";
import { request } from "./approval-store.ts";
import type { ConductorDatabase } from "./database.ts";

const AUTO = "auto";
const stored = z.string();

export function createAutoStore(db: ConductorDatabase): AutoStore {
  return {
    setting: async () => {
      const sql = "SELECT value FROM switches WHERE name = ?";
      const row = db.get<{ value: string }>(sql, AUTO);
      return autoSetting.parse(row === undefined ? {} : JSON.parse(stored.parse(row.value)));
    },
    set: async (setting, by, now) =>
      db.write((append) => {
        const value: AutoSetting = { ...setting, since: now };
        db.run(
          `INSERT INTO switches (name, value, updated_at) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
          AUTO,
          JSON.stringify(value),
          now,
        );
        const type = setting.on ? "auto.turned_on" : "auto.turned_off";
        append({ type, subject: AUTO, actor: by, data: { queues: setting.queues } });
        return value;
      }),
    asked: async (taskId) => askedOf(db, taskId),
    ask: async (taskId, asked, now) =>
      db.write((append) => ask(db, { taskId, asked, now }, append)),
  };
}

function askedOf(db: ConductorDatabase, taskId: string): string | undefined {
  const sql = "SELECT approval_id AS id FROM task_questions WHERE task_id = ?";
  return db.get<{ id: string }>(sql, taskId)?.id;
}

function ask(
  db: ConductorDatabase,
  how: { readonly taskId: string; readonly asked: NewApproval; readonly now: Instant },
  append: Parameters<typeof request>[3],
): string {
  const before = askedOf(db, how.taskId);
  if (before !== undefined) return before;
  const { approval } = request(db, how.asked, how.now, append);
  const sql = "INSERT INTO task_questions (task_id, approval_id) VALUES (?, ?)";
  db.run(sql, how.taskId, approval.id);
  return approval.id;
}
