export { type AgentSignal, nextAgentState } from "./agent.ts";
export { capabilitiesOf, labelsOf, type Probes } from "./capabilities.ts";
export { cardOf } from "./card.ts";
export type {
  AgentSession,
  Connector,
  ConnectorProbe,
  OpenSession,
  Prompt,
  PromptEnd,
  SessionStatus,
  SessionUpdate,
} from "./connector.ts";
export { type HealthFacts, illnessOf, judgeHealth } from "./health.ts";
export { isInProject } from "./place.ts";
export { nextPromptStep } from "./prompt.ts";
export { type Candidate, type Need, route } from "./route.ts";
export type { AgentStore, AgentWork, By, NewAgent } from "./store.ts";
