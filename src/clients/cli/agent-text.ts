/** What a person reads about registered agents. */
import { printable, printableLine } from "../../base/printable.ts";
import type { AgentView } from "../../contract/agents.ts";
import { type Context, tableLook } from "./context.ts";
import { type Cell, table } from "./table.ts";

const GREEN = "32";
const YELLOW = "33";
const RED = "31";
const COLORS = { ok: GREEN, note: YELLOW, wrong: RED } as const;

export async function listText(context: Context, agents: readonly AgentView[]): Promise<string> {
  if (agents.length === 0)
    return "no agents are registered\nhint: conductor ai register NAME --provider claude-code\n";
  const head = ["NAME", "STATE", "NOW", "TASKS", "PROVIDER", "PROFILE", "LABELS", "HEALTH"];
  const look = tableLook(context.env, context.stdout);
  return table([head, ...agents.map(row)], { ...look, cut: [[7], [6]] });
}

function row(agent: AgentView): Cell[] {
  const { name, state, activity, running, maxConcurrency, provider, profile, allLabels } = agent;
  const words = [
    name,
    state,
    activity === "none" ? "-" : activity,
    `${running}/${maxConcurrency}`,
    provider,
    profile ?? "-",
    allLabels.join(",") || "-",
  ];
  return [...words.map(printableLine), healthCell(agent)];
}

/** The worst of what was found. */
function healthCell({ health }: AgentView): Cell {
  const worst = health.findings.find(({ state }) => state === health.state);
  const told = health.state === "ok" || worst === undefined ? "ok" : worst.told;
  return { text: printableLine(told), sgr: COLORS[health.state] };
}

export function agentText(agent: AgentView): string {
  const { id, name, provider, profile, connector, state, running, maxConcurrency } = agent;
  const facts = [
    ["id", id],
    ["description", agent.description],
    ["provider", provider],
    ["profile", profile ?? ""],
    ["connector", connector],
    ["state", state],
    ["tasks", `${running} of ${maxConcurrency} at once`],
    ["labels", agent.allLabels.join(", ")],
    ["can", agent.allCapabilities.map((each) => `${each.name} (${each.from})`).join(", ")],
    ["failures", `${agent.recentFailures} in the last hour`],
  ] as const;
  const lines = [
    name,
    ...facts.flatMap(([what, told]) => (told === "" ? [] : [`  ${what.padEnd(12)} ${told}`])),
    ...agent.terminals.map((each) =>
      `  terminal     ${each.session}/${each.name} ${each.status} ${each.detail}`.trimEnd(),
    ),
    ...agent.health.findings.flatMap(({ state: how, what, told, fix }) => [
      `  ${how.padEnd(12)} ${what}: ${told}`,
      ...(fix === null ? [] : [`  ${"".padEnd(12)} mend it: ${fix}`]),
    ]),
  ];
  return `${printable(lines.join("\n"))}\n`;
}
