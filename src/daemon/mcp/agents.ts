/** Tools that look: who is there, what they do, which roles can be asked for. */
import { z } from "zod";
import type { Terminal } from "../../core/terminals/index.ts";
import { teammate } from "../postman.ts";
import { standText } from "./handoffs.ts";
import { type Tool, type ToolCall, tool, usage } from "./tool.ts";

const nothing = z.strictObject({});
/** As much of a last answer as shows what it was about. */
const SHOWN = 2_000;

const listAgents = tool({
  name: "list_agents",
  title: "List the running agents",
  description:
    "Lists the agents that run now, with name, profile, agent CLI, status (idle, working, waiting …), labels and working directory; you: true is yourself.",
  readOnly: true,
  input: nothing,
  run: async (_input, { services, own }) => {
    const shown = services.terminals.live().map((terminal) => ({
      ...factsOf(terminal),
      ...(terminal.record.id === own.record.id ? { you: true } : {}),
    }));
    return JSON.stringify(shown, null, 1);
  },
});

const getStatus = tool({
  name: "get_status",
  title: "See how an agent or a piece of work stands",
  description:
    "With agent: what that agent does now, and its last answer. With handoff: how work that you handed on stands, and its result once it is there. With neither: all your open work.",
  readOnly: true,
  input: z.strictObject({
    agent: z.string().max(200).optional().describe("Name of an agent, as list_agents shows it."),
    handoff: z.string().max(200).optional().describe("Id that handoff or assign gave you (h_…)."),
  }),
  run: async ({ agent, handoff }, call) => {
    if (agent !== undefined && handoff !== undefined)
      throw usage("give agent or handoff, not both", "ask twice");
    if (agent !== undefined) return agentStatus(agent, call);
    return handoff === undefined ? openWork(call) : workStatus(handoff, call);
  },
});

const listProfiles = tool({
  name: "list_profiles",
  title: "List the roles that workers can have",
  description:
    "Lists the profiles that handoff and assign can launch a worker with: name, what it is for, its agent CLI and capabilities.",
  readOnly: true,
  input: nothing,
  run: async (_input, { services }) => {
    const shown = services.catalog
      .profiles()
      .map(({ name, description, provider, capabilities, labels }) => ({
        name,
        description,
        provider: provider ?? "the same as yours",
        capabilities,
        labels,
      }));
    return JSON.stringify(shown, null, 1);
  },
});

export const agentTools: readonly Tool[] = [listAgents, getStatus, listProfiles];

function factsOf({ record, status }: Terminal) {
  const { name, session, profile, provider, labels, cwd } = record;
  const shown = status.detail === "" ? status.status : `${status.status} (${status.detail})`;
  return { name, session, profile, provider, status: shown, labels, cwd };
}

async function agentStatus(name: string, { services, own }: ToolCall): Promise<string> {
  const { terminals, postman } = services;
  const terminal = teammate(terminals, name, `agent:${own.record.id}`) ?? terminals.find(name);
  const { turn } = terminal;
  const answer = turn?.result?.text ?? null;
  return JSON.stringify(
    {
      ...factsOf(terminal),
      turn: turn?.state ?? null,
      lastAnswer: answer === null ? null : answer.slice(0, SHOWN).toWellFormed(),
      nextMessage: await postman.waitsFor(terminal),
    },
    null,
    1,
  );
}

async function openWork({ services, caller, own }: ToolCall): Promise<string> {
  const open = await services.handoffs.list(caller, { open: true });
  const asked = open.filter(({ from }) => from === `agent:${own.record.id}`);
  const given = open.filter(({ terminalId }) => terminalId === own.record.id);
  const lines = [
    ...asked.map((each) => `${each.id}: ${standText(each)}`),
    ...given.map((each) => `${each.id}: ${each.fromName} gave this to you`),
  ];
  return lines.length === 0 ? "No open work." : lines.join("\n");
}

async function workStatus(id: string, { services, caller, signal }: ToolCall): Promise<string> {
  // Who reads an outcome here has it: it need not come as a message too.
  const shown = await services.handoffs.wait(id, caller, { waitMs: 0, signal });
  const { state, error, result, question, message } = shown;
  const about = { id: shown.id, state, stands: standText(shown), task: message.slice(0, SHOWN) };
  return JSON.stringify({ ...about, question, result: result?.text ?? null, error }, null, 1);
}
