/**
 * One request to `/mcp`, by the official SDK. No state is kept between requests, so a client goes on after a
 * restart of the daemon; only what is under way is known, so that it can be taken back.
 */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { VERSION } from "../../base/version.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Caller } from "../auth.ts";
import type { Services } from "../services.ts";
import { agentTools } from "./agents.ts";
import { approvalTools } from "./approvals.ts";
import { handoffTools, resumeHandoff } from "./handoffs.ts";
import { messageTools } from "./messages.ts";
import { taskTools } from "./tasks.ts";
import { errorText, type Tool, type ToolCall } from "./tool.ts";

const TOOLS: readonly Tool[] = [
  ...handoffTools,
  ...taskTools,
  ...messageTools,
  ...approvalTools,
  ...agentTools,
];

const INSTRUCTIONS =
  "You are one of several coding agents that a human runs side by side. These tools let you hand work to the others, message them, and ask the human. list_agents shows who runs, list_profiles which workers can be launched. Where work waits in the queue of tasks, claim_task gives you the next one.";

export interface McpRequest {
  readonly services: Services;
  readonly own: Terminal;
  readonly caller: Extract<Caller, { kind: "agent" }>;
  readonly request: Request;
  readonly body: unknown;
  /** Ends what this request began, when its connection closes or the client takes it back. */
  readonly signal: AbortSignal;
}

export async function answer(asked: McpRequest): Promise<Response> {
  const server = new Server(
    { name: "conductor", version: VERSION },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: LISTED }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const { _meta: given = {} } = params;
    const meta = metaSchema.parse(given);
    const token = meta.progressToken;
    let told = 0;
    const progress = (message: string): void => {
      if (token === undefined || extra.signal.aborted) return;
      told += 1;
      const notice = { progressToken: token, progress: told, message };
      const sent = extra.sendNotification({ method: "notifications/progress", params: notice });
      // The connection is gone: the signal says so too.
      sent.catch(() => undefined);
    };
    return run(asked, params, { progress, key: meta["conductor/key"], signal: extra.signal });
  });
  const transport = new WebStandardStreamableHTTPServerTransport({});
  // The SDK's own types do not know `exactOptionalPropertyTypes`.
  await server.connect(transport);
  asked.signal.addEventListener("abort", () => void server.close(), { once: true });
  return transport.handleRequest(asked.request, { parsedBody: asked.body });
}

const metaSchema = z.looseObject({
  progressToken: z.union([z.string(), z.number()]).optional(),
  "conductor/key": z.string().min(1).max(200).optional(),
});

const LISTED = TOOLS.map(({ name, title, description, input, readOnly }) => ({
  name,
  title,
  description,
  inputSchema: { ...z.toJSONSchema(input, { io: "input" }), type: "object" as const },
  annotations: { title, readOnlyHint: readOnly, openWorldHint: false },
}));

async function run(
  { services, own, caller }: McpRequest,
  { name, arguments: input }: { readonly name: string; readonly arguments?: unknown },
  part: Pick<ToolCall, "progress" | "key" | "signal">,
): Promise<CallToolResult> {
  const found = [...TOOLS, resumeHandoff].find((each) => each.name === name);
  if (found === undefined) {
    const names = TOOLS.map((each) => each.name).join(", ");
    return failure(`Error (not_found): there is no tool ${name.slice(0, 100)}. Tools: ${names}`);
  }
  const limit = services.catalog.running(own.record.provider).mcp?.callSeconds;
  const limitMs = limit === undefined ? undefined : limit * 1_000;
  try {
    const said = await found.run(input ?? {}, { services, own, caller, limitMs, ...part });
    if (typeof said !== "string") return failure(said.failure);
    return { content: [{ type: "text", text: said }] };
  } catch (error) {
    return failure(errorText(error));
  }
}

function failure(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}
