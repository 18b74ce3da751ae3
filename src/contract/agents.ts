/** Registered agents: who can be given tasks, what each can do, how it is now. */
import { z } from "zod";
import { statusDetail, statusName } from "./status.ts";
import { connectorKind, terminalName } from "./terminals.ts";
import { word } from "./word.ts";

/** What tasks and agents are matched by. */
const words = z.array(word).max(50);

/** `draining`: it ends what it has, takes nothing more, and is disabled then. */
export const agentState = z.enum(["enabled", "disabled", "draining"]);
export type AgentState = z.infer<typeof agentState>;

export const agentRecord = z.object({
  id: z.string(),
  name: terminalName,
  description: z.string(),
  provider: z.string(),
  profile: z.string().nullable(),
  connector: connectorKind,
  /** Its own; those of its profile count too. */
  labels: z.array(z.string()),
  capabilities: z.array(z.string()),
  /** Tasks that it works on at once at most. */
  maxConcurrency: z.number(),
  state: agentState,
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type AgentRecord = z.infer<typeof agentRecord>;

/** `note`: it works all the same, or only a part of it does. An agent with something `wrong` gets no tasks. */
export const finding = z.object({
  state: z.enum(["ok", "note", "wrong"]),
  what: z.string(),
  told: z.string(),
  /** What mends it. */
  fix: z.string().nullable(),
});
export type Finding = z.infer<typeof finding>;

export const agentHealth = z.object({
  state: finding.shape.state,
  findings: z.array(finding),
  checkedAt: z.number(),
});
export type AgentHealth = z.infer<typeof agentHealth>;

/** Who says that it can: its registration, its profile, or what was found of its CLI. */
export const capability = z.object({
  name: z.string(),
  from: z.enum(["agent", "profile", "probe"]),
});
export type Capability = z.infer<typeof capability>;

export const agentView = agentRecord.extend({
  /** With those of its profile. */
  allLabels: z.array(z.string()),
  allCapabilities: z.array(capability),
  /** Of all its terminals: one waits for a person, one is busy, one is idle; none runs. */
  activity: z.enum(["waiting", "busy", "idle", "none"]),
  terminals: z.array(
    z.object({
      id: z.string(),
      session: z.string(),
      name: z.string(),
      status: statusName,
      detail: statusDetail,
    }),
  ),
  /** What it works on now. */
  running: z.number(),
  /** Within the last hour. */
  recentFailures: z.number(),
  health: agentHealth,
});
export type AgentView = z.infer<typeof agentView>;

export const registerRequest = z.strictObject({
  name: terminalName,
  description: z.string().max(1_024).default(""),
  /** Its profile's, where it is left away. */
  provider: z.string().min(1).max(100).optional(),
  profile: z.string().min(1).max(100).optional(),
  connector: connectorKind.default("tmux"),
  labels: words.default([]),
  capabilities: words.default([]),
  maxConcurrency: z.number().int().min(1).max(100).default(1),
});
export type RegisterRequest = z.input<typeof registerRequest>;
export type RegisterAsked = z.output<typeof registerRequest>;

export const labelRequest = z.strictObject({
  add: words.default([]),
  remove: words.default([]),
});
export type LabelRequest = z.input<typeof labelRequest>;

export const routeFilter = z.enum([
  "agent",
  "state",
  "capabilities",
  "labels",
  "health",
  "policy",
  "room",
]);
export type RouteFilter = z.infer<typeof routeFilter>;

/** One agent as the router saw it. */
export const routeRow = z.object({
  id: z.string(),
  name: z.string(),
  /** Why it was not to be picked; empty where it was. */
  refused: z.array(z.object({ filter: routeFilter, reason: z.string() })),
  /** Smaller is better; null where it was refused. */
  score: z
    .object({ total: z.number(), load: z.number(), failures: z.number(), affinity: z.number() })
    .nullable(),
  /** The policy wants a human to be asked first. */
  asks: z.boolean(),
});
export type RouteRow = z.infer<typeof routeRow>;

/** Which agent gets a task, and why this one. */
export const routing = z.object({
  /** An agent's id; null where nobody can take it. */
  picked: z.string().nullable(),
  /** `later`: somebody fits who has no room or is not well now. `nobody`: no agent that is registered fits. */
  outcome: z.enum(["picked", "later", "nobody"]),
  /** In a sentence. */
  why: z.string(),
  /** Best first. */
  table: z.array(routeRow),
});
export type Routing = z.infer<typeof routing>;

/** Where our own fields stand in an agent card. */
export const CARD_EXTENSION = "urn:agent-conductor:agent:1";

/** An A2A 1.x agent card, as far as we fill it in. */
export const agentCard = z.object({
  name: z.string(),
  description: z.string(),
  version: z.string(),
  supportedInterfaces: z.array(
    z.object({ url: z.string(), protocolBinding: z.string(), protocolVersion: z.string() }),
  ),
  capabilities: z.object({
    streaming: z.boolean(),
    pushNotifications: z.boolean(),
    extensions: z.array(
      z.object({
        uri: z.string(),
        required: z.boolean(),
        params: agentRecord.pick({
          id: true,
          provider: true,
          profile: true,
          connector: true,
          maxConcurrency: true,
          state: true,
        }),
      }),
    ),
  }),
  defaultInputModes: z.array(z.string()),
  defaultOutputModes: z.array(z.string()),
  skills: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      /** The labels that the router matches. */
      tags: z.array(z.string()),
    }),
  ),
});
export type AgentCard = z.infer<typeof agentCard>;
