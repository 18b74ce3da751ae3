export type { AgentEvent, AgentSource, AgentWord } from "./agent-events.ts";
export { failedEnd } from "./agent-events.ts";
export { TERMINAL_FAILPOINTS, type TerminalFailpoint } from "./failpoints.ts";
export type { LeaveRules } from "./leave.ts";
export type { Key, PaneDriver, PaneFacts, PaneSignal, Screen, SpawnPane } from "./ports.ts";
export type { StatusSignal } from "./status.ts";
export { explain, isAtDialog, nextStatus, startingStatus } from "./status.ts";
export type {
  SessionRecord,
  StatusChange,
  TerminalPatch,
  TerminalRecord,
  TerminalStore,
  TurnChange,
  TurnEnd,
} from "./store.ts";
export type { Look } from "./terminal.ts";
export { Terminal } from "./terminal.ts";
export type { LaunchSpec, PanelessDriver, TerminalsPorts } from "./terminals.ts";
export { Terminals } from "./terminals.ts";
export type { OpenTurn } from "./turns.ts";
export { nextTurn } from "./turns.ts";
