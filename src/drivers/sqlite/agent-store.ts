import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { AgentRecord } from "../../contract/agents.ts";
import type { NewEvent } from "../../contract/events.ts";
import {
  type AgentSignal,
  type AgentStore,
  type By,
  type NewAgent,
  nextAgentState,
} from "../../core/agents/index.ts";
import { isRunning, workOf } from "./agent-work.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { isUniqueViolation } from "./failures.ts";
import { resolveId } from "./refs.ts";

interface AgentRow extends Omit<AgentRecord, "labels" | "capabilities" | "maxConcurrency"> {
  readonly labels: string;
  readonly capabilities: string;
  readonly maxConcurrency: number;
}

const COLUMNS = `id, name, description, provider, profile, connector, labels, capabilities,
  max_concurrency AS maxConcurrency, state, created_at AS createdAt, updated_at AS updatedAt`;
const words = z.array(z.string());

export function createAgentStore(db: ConductorDatabase): AgentStore {
  return {
    register: async (asked, by) => db.write((append) => register(db, asked, by, append)),
    label: async (ref, { add, remove }, by) =>
      db.write((append) => {
        const agent = find(db, ref);
        const kept = agent.labels.filter((each) => !remove.includes(each));
        const labels = [...new Set([...kept, ...add])];
        return save(db, { ...agent, labels }, { by, verb: "labelled" }, append);
      }),
    enable: async (ref, by) =>
      db.write((append) =>
        move(db, find(db, ref), { signal: "enable", verb: "enabled", by }, append),
      ),
    disable: async (ref, by) =>
      db.write((append) => {
        const agent = find(db, ref);
        const signal = isRunning(db, agent.id) ? "drain" : "disable";
        return move(db, agent, { signal, verb: "disabled", by }, append);
      }),
    settleDrained: async (now) => {
      const drained = (): AgentRecord[] =>
        select(db, "WHERE state = 'draining' ORDER BY id").filter(({ id }) => !isRunning(db, id));
      if (drained().length === 0) return [];
      const change = { signal: "disable", verb: "drained", by: { actor: "daemon", now } } as const;
      return db.write((append) => drained().map((agent) => move(db, agent, change, append)));
    },
    remove: async (ref, by) =>
      db.write((append) => {
        const agent = find(db, ref);
        if (isRunning(db, agent.id)) throw stillWorks(agent);
        db.run("DELETE FROM agents WHERE id = ?", agent.id);
        append(event("removed", agent, by));
        return agent;
      }),
    list: async () => select(db, "ORDER BY name"),
    get: async (ref) => find(db, ref),
    work: async (since) => workOf(db, since),
  };
}

function register(db: ConductorDatabase, asked: NewAgent, by: By, append: Append): AgentRecord {
  const { now: createdAt } = by;
  const labels = [...new Set(asked.labels)];
  const capabilities = [...new Set(asked.capabilities)];
  const id = newId("ag", createdAt);
  const times = { createdAt, updatedAt: createdAt };
  const agent: AgentRecord = { ...asked, id, labels, capabilities, state: "enabled", ...times };
  const columns = columnsOf(agent);
  const names = Object.keys(columns);
  const sql = `INSERT INTO agents (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  try {
    db.run(sql, ...Object.values(columns));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ConductorError("name.taken", `an agent called ${agent.name} is registered already`, {
      cause: error,
      hint: `conductor ai show ${agent.name}; conductor ai remove ${agent.name}`,
    });
  }
  append(event("registered", agent, by));
  return agent;
}

function move(
  db: ConductorDatabase,
  agent: AgentRecord,
  { signal, ...change }: { readonly signal: AgentSignal; readonly verb: string; readonly by: By },
  append: Append,
): AgentRecord {
  return save(db, { ...agent, state: nextAgentState(agent.state, signal) }, change, append);
}

/** What changes nothing is no event. */
function save(
  db: ConductorDatabase,
  wanted: AgentRecord,
  { by, verb }: { readonly by: By; readonly verb: string },
  append: Append,
): AgentRecord {
  const before = find(db, wanted.id);
  const isSame = before.state === wanted.state && sameWords(before.labels, wanted.labels);
  if (isSame) return before;
  const agent = { ...wanted, updatedAt: by.now };
  const columns = columnsOf(agent);
  const sets = Object.keys(columns).map((name) => `${name} = ?`);
  db.run(`UPDATE agents SET ${sets.join(", ")} WHERE id = ?`, ...Object.values(columns), agent.id);
  append(event(verb, agent, by));
  return agent;
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}

/** A name, or an id. */
function find(db: ConductorDatabase, ref: string): AgentRecord {
  const [named] = select(db, "WHERE name = ?", ref);
  if (named !== undefined) return named;
  const id = resolveId(db, ref, { table: "agents", what: "agent", prefix: "ag_" });
  const [found] = select(db, "WHERE id = ?", id);
  if (found === undefined) throw new Error(`agent ${id} was there a moment ago`);
  return found;
}

function select(db: ConductorDatabase, rest: string, ...values: readonly string[]): AgentRecord[] {
  return db.all<AgentRow>(`SELECT ${COLUMNS} FROM agents ${rest}`, ...values).map((row) => ({
    ...row,
    labels: words.parse(JSON.parse(row.labels)),
    capabilities: words.parse(JSON.parse(row.capabilities)),
  }));
}

function columnsOf(agent: AgentRecord): Record<string, string | number | null> {
  const { maxConcurrency, createdAt, updatedAt, labels, capabilities, ...same } = agent;
  return {
    ...same,
    labels: JSON.stringify(labels),
    capabilities: JSON.stringify(capabilities),
    max_concurrency: maxConcurrency,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function event(verb: string, agent: AgentRecord, { actor }: By): NewEvent {
  const { name, provider, profile, connector, labels, capabilities, state } = agent;
  const data = { name, provider, profile, connector, labels, capabilities, state };
  return { type: `agent.${verb}`, subject: agent.id, actor, data };
}

function stillWorks({ name }: AgentRecord): ConductorError {
  return new ConductorError("state.conflict", `${name} still works`, {
    hint: `conductor ai disable ${name} lets it end what it has`,
  });
}
