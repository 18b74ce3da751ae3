/** Tools for messages between agents. */
import { z } from "zod";
import { type Tool, tool } from "./tool.ts";

const SHOWN = 20;

const sendMessage = tool({
  name: "send_message",
  title: "Send another agent a message",
  description:
    "Puts a message into another agent's inbox; it is typed into that agent when it is idle, and starts a turn there. Returns at once and brings no answer: use handoff or assign when you want one.",
  input: z.strictObject({
    to: z.string().min(1).max(200).describe("The agent's name, as list_agents shows it."),
    message: z.string().min(1).max(1_000_000).describe("The text, as the agent shall read it."),
  }),
  run: async ({ to, message }, { services, own, key }) => {
    const asked = { to, body: message, ...(key === undefined ? {} : { dedupeKey: key }) };
    const [sent] = await services.postman.send(asked, `agent:${own.record.id}`);
    return `Queued for ${sent?.toName ?? to} as ${sent?.id ?? "?"}.`;
  },
});

const readInbox = tool({
  name: "read_inbox",
  title: "Read messages sent to you",
  description:
    "Lists the newest messages addressed to you. Those that are queued are typed to you anyway when your turn ends; reading them here does not take them away.",
  readOnly: true,
  input: z.strictObject({
    waiting_only: z.boolean().optional().describe("True lists only what was not typed to you yet."),
  }),
  run: async ({ waiting_only: only }, { services, own }) => {
    const states = only === true ? { states: ["queued"] as const } : {};
    const filter = { to: own.record.id, limit: SHOWN, ...states };
    const messages = await services.messages.list(filter);
    const shown = messages.toReversed().map(({ id, from, state, createdAt, body }) => ({
      id,
      from: nameOf(services.terminals, from),
      state,
      sent: new Date(createdAt).toISOString(),
      text: body,
    }));
    return shown.length === 0 ? "No messages." : JSON.stringify(shown, null, 1);
  },
});

export const messageTools: readonly Tool[] = [sendMessage, readInbox];

function nameOf(
  terminals: { byId(id: string): { readonly record: { readonly name: string } } | undefined },
  actor: string,
): string {
  return terminals.byId(actor.replace(/^agent:/, ""))?.record.name ?? actor;
}
