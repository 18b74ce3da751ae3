import type { AgentState } from "../../contract/agents.ts";

/** `drain` is what disabling becomes while it works. */
export type AgentSignal = "enable" | "drain" | "disable";

const NEXT: Readonly<Record<AgentState, Readonly<Record<AgentSignal, AgentState>>>> = {
  enabled: { enable: "enabled", drain: "draining", disable: "disabled" },
  draining: { enable: "enabled", drain: "draining", disable: "disabled" },
  disabled: { enable: "enabled", drain: "disabled", disable: "disabled" },
};

export function nextAgentState(state: AgentState, signal: AgentSignal): AgentState {
  return NEXT[state][signal];
}
