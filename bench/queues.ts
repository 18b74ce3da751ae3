/** Queues to compare, behind one port: ours, the same rows in Postgres, and pg-boss. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { newId } from "../src/base/ids.ts";
import type { Lifetime } from "../src/base/lifetime.ts";
import { newTask } from "../src/contract/tasks.ts";
import { chainHash } from "../src/core/journal/index.ts";
import { openStores, type Stores } from "../src/drivers/sqlite/index.ts";
import type { Postgres } from "./postgres.ts";

/** Callers at a time, and connections for them. */
export const AT_ONCE = 16;

export interface Queue {
  readonly name: string;
  enqueue(count: number): Promise<void>;
  claim(): Promise<void>;
  /** The oldest of those that were claimed. */
  complete(): Promise<void>;
}

export interface OwnQueue extends Queue {
  readonly stores: Stores;
}

const asked = (index: number) =>
  newTask.parse({ title: `task ${index}`, labels: ["code"], payload: { index } });

/** As the daemon opens it: `synchronous=FULL`, each task with its event and hash. */
export function ownQueue(lifetime: Lifetime): OwnQueue {
  const folder = mkdtempSync(join(tmpdir(), "cndq-"));
  lifetime.own(() => rmSync(folder, { recursive: true, force: true }));
  const stores = lifetime.own(openStores(join(folder, "conductor.db")));
  const { tasks } = stores;
  const claimed: { id: string; fence: number }[] = [];
  const claimer = { owner: "agent:t_1", terminalId: "t_1", agentId: null };
  let index = 0;
  const next = () => asked((index += 1));
  return {
    name: "own",
    stores,
    enqueue: async (count) =>
      void (await tasks.enqueue(Array.from({ length: count }, next), "human", Date.now())),
    claim: async () => {
      const task = await tasks.claimNext(claimer, {}, Date.now());
      if (task === undefined) throw new Error("nothing to claim");
      claimed.push({ id: task.id, fence: task.fence });
    },
    complete: async () => {
      const lease = claimed.shift();
      if (lease === undefined) throw new Error("nothing to complete");
      await tasks.complete(lease, { result: { text: "done" } }, Date.now());
    },
  };
}

/** What is used of `pg`. */
const pgModule = z.object({
  default: z.object({
    Pool: z.custom<
      new (
        config: object,
      ) => {
        connect(): Promise<{
          query(query: object | string): Promise<{ rows: unknown[] }>;
          release(): void;
        }>;
        query(query: string): Promise<unknown>;
        end(): Promise<void>;
      }
    >((value) => typeof value === "function"),
  }),
});

const SCHEMA = `
CREATE TABLE tasks (seq BIGSERIAL PRIMARY KEY, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, lane TEXT NOT NULL,
  type TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, priority INT NOT NULL, run_at BIGINT NOT NULL,
  rank BIGINT NOT NULL, due INT NOT NULL, attempt INT NOT NULL DEFAULT 0, max_attempts INT NOT NULL,
  lease_ms INT NOT NULL, content_hash TEXT NOT NULL, payload TEXT NOT NULL, execution TEXT NOT NULL,
  open_deps INT NOT NULL, result TEXT, evidence TEXT NOT NULL DEFAULT '[]', fence INT NOT NULL DEFAULT 0,
  lease_owner TEXT, lease_until BIGINT, terminal_id TEXT, created_by TEXT NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, finished_at BIGINT);
CREATE INDEX ON tasks (queue, lane, rank, seq) WHERE state = 'queued' AND due = 1;
CREATE INDEX ON tasks (terminal_id) WHERE terminal_id IS NOT NULL;
CREATE INDEX ON tasks (state);
CREATE TABLE events (seq BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, time BIGINT NOT NULL, type TEXT NOT NULL,
  subject TEXT NOT NULL, actor TEXT NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL);`;

const INSERT = `INSERT INTO tasks (id, queue, lane, type, title, state, priority, run_at, rank, due, max_attempts, lease_ms,
    content_hash, payload, execution, open_deps, created_by, created_at, updated_at)
  VALUES ($1, 'default', $2, 'custom', $3, 'queued', 0, $4, $4, 1, 3, 60000, $5, $6, $7, 0, 'human', $4, $4)
  RETURNING *`;
const CLAIM = `UPDATE tasks SET state = 'claimed', attempt = attempt + 1, fence = fence + 1, lease_owner = 'agent:t_1',
    lease_until = $1, terminal_id = 't_1', updated_at = $2
  WHERE seq = (SELECT seq FROM tasks WHERE state = 'queued' AND due = 1 AND queue = 'default'
    ORDER BY queue, lane, rank, seq LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`;
const COMPLETE = `UPDATE tasks SET state = 'done', result = $1, lease_owner = NULL, lease_until = NULL, updated_at = $2,
    finished_at = $2 WHERE id = $3 AND fence = $4 AND lease_until IS NOT NULL RETURNING *`;
const EVENT = "INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const taskRow = z.object({ id: z.string(), fence: z.number() });

/** The same rows, indexes and hashes in one transaction each, by prepared statements; the last hash is kept at hand. */
export async function postgresQueue(
  loaded: unknown,
  { host, user }: Postgres,
  lifetime: Lifetime,
): Promise<Queue> {
  const { Pool } = pgModule.parse(loaded).default;
  const pool = new Pool({ host, user, database: "postgres", max: AT_ONCE });
  lifetime.own(() => pool.end());
  await pool.query(SCHEMA);
  const claimed: { id: string; fence: number }[] = [];
  let seq = 0;
  let hash = "";
  let index = 0;
  const inOne = async (type: string, text: string, values: readonly unknown[]) => {
    const client = await pool.connect();
    await client.query("BEGIN");
    const { rows } = await client.query({ name: type, text, values });
    const task = taskRow.parse(rows[0]);
    const time = Date.now();
    seq += 1;
    const data = { title: "task", queue: "default", state: type, attempt: 1, fence: task.fence };
    const event = { seq, id: newId("e"), time, type, subject: task.id, actor: "human", data };
    hash = chainHash(hash, event);
    const stored = [seq, event.id, time, type, task.id, "human", JSON.stringify(data), hash];
    await client.query({ name: "event", text: EVENT, values: stored });
    await client.query("COMMIT");
    client.release();
    return task;
  };
  return {
    name: "Postgres",
    enqueue: async (count) => {
      for (let left = count; left > 0; left -= 1) {
        const { title, payload, execution } = asked((index += 1));
        const content = createHash("sha256").update(title).digest("hex");
        const texts = [JSON.stringify(payload), JSON.stringify(execution)];
        const lane = '{"labels":["code"]}';
        const values = [newId("task"), lane, title, Date.now(), content, ...texts];
        await inOne("task.created", INSERT, values);
      }
    },
    claim: async () => {
      const now = Date.now();
      claimed.push(await inOne("task.claimed", CLAIM, [now + 60_000, now]));
    },
    complete: async () => {
      const { id, fence } = taskRow.parse(claimed.shift());
      const result = JSON.stringify({ text: "done" });
      await inOne("task.completed", COMPLETE, [result, Date.now(), id, fence]);
    },
  };
}

/** What is used of `pg-boss`. */
const bossModule = z.object({
  PgBoss: z.custom<
    new (
      config: object,
    ) => {
      on(event: "error", listener: () => void): void;
      start(): Promise<unknown>;
      stop(options: object): Promise<void>;
      createQueue(name: string): Promise<void>;
      send(name: string, data: object): Promise<string | null>;
      fetch(name: string): Promise<{ id: string }[]>;
      complete(name: string, id: string, data: object): Promise<unknown>;
    }
  >((value) => typeof value === "function"),
});

export async function bossQueue(
  loaded: unknown,
  { host, user }: Postgres,
  lifetime: Lifetime,
): Promise<Queue> {
  const { PgBoss } = bossModule.parse(loaded);
  const config = {
    host,
    user,
    database: "postgres",
    max: AT_ONCE,
    supervise: false,
    schedule: false,
  };
  const boss = new PgBoss(config);
  boss.on("error", () => undefined);
  await boss.start();
  lifetime.own(() => boss.stop({ graceful: false }));
  await boss.createQueue("tasks");
  const claimed: string[] = [];
  let index = 0;
  return {
    name: "pg-boss",
    enqueue: async (count) => {
      for (let left = count; left > 0; left -= 1) {
        const { title, payload, execution } = asked((index += 1));
        await boss.send("tasks", { title, payload, execution });
      }
    },
    claim: async () => {
      const [job] = await boss.fetch("tasks");
      if (job === undefined) throw new Error("nothing to claim");
      claimed.push(job.id);
    },
    complete: async () =>
      void (await boss.complete("tasks", claimed.shift() ?? "", { text: "done" })),
  };
}
