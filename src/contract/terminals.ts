import { z } from "zod";
import { gateLevel, network } from "./decisions.ts";
import { composer, evidence, statusDetail, statusName } from "./status.ts";

/** Names are typed by people and stand in tmux targets: letters, digits, `-`, `_`, at most 40. */
export const terminalName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "letters, digits, - and _, first a letter, at most 40");

/** How an agent is driven: in a pane, by its CLI's own mode for programs, or by the Agent Client Protocol. */
export const connectorKind = z.enum(["tmux", "headless", "acp"]);
export type ConnectorKind = z.infer<typeof connectorKind>;

export const turnState = z.enum([
  "submitted",
  "running",
  "completed",
  "failed",
  "interrupted",
  "cancelled",
]);
export type TurnState = z.infer<typeof turnState>;

/** One piece of work a terminal was given, from submit to its end. Times are epoch ms. */
export const turn = z.object({
  id: z.string(),
  terminalId: z.string(),
  messageId: z.string().nullable(),
  state: turnState,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** The last answer, and where it was read. */
  result: z
    .object({ text: z.string(), source: z.enum(["hook", "transcript", "screen"]) })
    .nullable(),
});
export type Turn = z.infer<typeof turn>;

export const terminalView = z.object({
  id: z.string(),
  session: z.string(),
  name: z.string(),
  provider: z.string(),
  profile: z.string().nullable(),
  /** The registered agent that it is of. */
  agentId: z.string().nullable(),
  labels: z.array(z.string()),
  cwd: z.string(),
  worktree: z.string().nullable(),
  paneId: z.string().nullable(),
  status: statusName,
  detail: statusDetail,
  statusAt: z.number(),
  /** While it is `idle(limited)`: when its limit is over, where its notice says so. */
  retryAt: z.number().optional(),
  composer,
  /** Why the status is `error` or `lost`, or the exit code of an exited one, in words. */
  reason: z.string().nullable(),
  exitCode: z.number().nullable(),
  turn: turn.nullable(),
  unread: z.number(),
  pendingApprovals: z.number(),
  createdAt: z.number(),
  logPath: z.string(),
  /** What stands before its commands. */
  gate: gateLevel.nullable(),
  /** Absent for one in a pane. */
  connector: connectorKind.optional(),
});
export type TerminalView = z.infer<typeof terminalView>;

export const whyView = z.object({
  terminal: terminalView,
  evidence: z.array(evidence),
  /** What delivery waits for, in words; null when nothing waits. */
  delivery: z.string().nullable(),
});
export type WhyView = z.infer<typeof whyView>;

export const launchRequest = z.strictObject({
  session: terminalName.optional(),
  name: terminalName.optional(),
  provider: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  /** A registered agent: what it says holds where nothing else is asked for. */
  agent: z.string().min(1).max(200).optional(),
  cwd: z.string().startsWith("/").max(4096),
  worktree: z.string().min(1).max(100).optional(),
  prompt: z.string().optional(),
  labels: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  /** In a pane, where nothing else is said. */
  connector: connectorKind.optional(),
  /** A conversation that its CLI knows by this id; `true`: the one that this agent last had. */
  resume: z.union([z.string().min(1), z.literal(true)]).optional(),
  gate: gateLevel.optional(),
  network: network.optional(),
  /** The caller's environment; values are handed to the agent and never stored. */
  env: z.record(z.string(), z.string()),
});
export type LaunchRequest = z.infer<typeof launchRequest>;

export const teamRequest = z.strictObject({
  /** The team file's text and path, for errors that name file, line and field. */
  text: z.string().max(1_000_000),
  file: z.string(),
  /** What is missing of it goes on with its conversation. */
  resume: z.boolean().optional(),
  env: z.record(z.string(), z.string()),
});
export type TeamRequest = z.infer<typeof teamRequest>;

export const launchOutcome = z.object({
  session: z.string(),
  launched: z.array(terminalView),
  kept: z.array(terminalView),
  failed: z.array(
    z.object({
      name: z.string(),
      code: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
    }),
  ),
  /** Names of those launched whose conversation goes on. */
  resumed: z.array(z.string()),
  /** Those launched whose conversation begins anew although it was to go on. */
  fresh: z.array(z.object({ name: z.string(), why: z.string() })),
});
export type LaunchOutcome = z.infer<typeof launchOutcome>;

export const renameRequest = z.strictObject({ name: terminalName });
export const restartRequest = z.strictObject({
  /** The caller's environment; values are handed to the agent and never stored. */
  env: z.record(z.string(), z.string()).default({}),
  resume: z.boolean().default(false),
});
export const restartOutcome = terminalView.extend({
  /** Its conversation goes on. */
  resumed: z.boolean(),
  /** Why its conversation begins anew although it was to go on. */
  fresh: z.string().nullable(),
});
export type RestartOutcome = z.infer<typeof restartOutcome>;
export const stopRequest = z.strictObject({ force: z.boolean().default(false) });
/** Whether it went when it was asked to. */
export const stopOutcome = z.object({ how: z.enum(["left", "killed"]) });
export const shutdownRequest = z.strictObject({
  session: z.string().optional(),
  all: z.boolean().default(false),
});
export const shutdownOutcome = z.object({
  stopped: z.array(z.string()),
  killed: z.array(z.string()),
  /** The automatic work was turned off, which would have launched them anew. */
  autoOff: z.boolean(),
});
export type ShutdownOutcome = z.infer<typeof shutdownOutcome>;

export const screenView = z.object({ text: z.string() });

export const attachRequest = z.strictObject({
  readOnly: z.boolean().default(false),
  keepSize: z.boolean().default(false),
});

/** What `conductor attach` has to run: the daemon prepares a view of its own for each viewer. */
export const attachView = z.object({
  argv: z.array(z.string()),
  session: z.string(),
  paneId: z.string(),
});
export type AttachView = z.infer<typeof attachView>;
