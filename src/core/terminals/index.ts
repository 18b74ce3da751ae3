export type { Key, PaneDriver, PaneFacts, PaneSignal, Screen, SpawnPane } from "./ports.ts";
