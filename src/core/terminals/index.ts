export type { Key, PaneDriver, PaneFacts, PaneSignal, Screen, SpawnPane } from "./ports.ts";
export type { StatusSignal, TerminalStatus } from "./status.ts";
export { explain, nextStatus, startingStatus } from "./status.ts";
export type {
  LaunchRecord,
  SessionRecord,
  StatusChange,
  TerminalPatch,
  TerminalRecord,
  TerminalStore,
  TurnChange,
  TurnEnd,
} from "./store.ts";
export type { Look, ScreenReader, TerminalPorts } from "./terminal.ts";
export { Terminal } from "./terminal.ts";
export type { LaunchSpec, LeaveRules, TerminalsPorts } from "./terminals.ts";
export { Terminals } from "./terminals.ts";
export type { OpenTurn, TurnStep } from "./turns.ts";
export { nextTurn, TURN_SETTLE_MS } from "./turns.ts";
