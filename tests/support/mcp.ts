/** The official SDK's own MCP client, speaking as an agent: over HTTP, or through the stdio bridge. */
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { onTestFinished } from "vitest";
import { tokenOf } from "./office.ts";
import type { Product } from "./product.ts";
import { clientOf, terminalOf } from "./scripted.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

export interface McpAgent {
  readonly client: Client;
  /** The text that the tool gives, and whether it is an error. */
  call(tool: string, input?: Record<string, unknown>, options?: RequestOptions): Promise<Said>;
}

export interface Said {
  readonly text: string;
  readonly isError: boolean;
}

export async function mcpUrl(world: Product): Promise<URL> {
  const { host, port } = (await clientOf(world).status()).http;
  return new URL(`http://${host}:${port}/mcp`);
}

export async function overHttp(world: Product, name: string): Promise<McpAgent> {
  const token = tokenOf(world, (await terminalOf(world, name)).id);
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  return connected(new StreamableHTTPClientTransport(await mcpUrl(world), { requestInit }));
}

export async function overBridge(world: Product, name: string): Promise<McpAgent> {
  const { id } = await terminalOf(world, name);
  const transport = new StdioClientTransport({
    command: path.join(ROOT, "node_modules/.bin/node"),
    args: [path.join(ROOT, "dist/main.js"), "mcp"],
    env: { ...world.env, CONDUCTOR_TERMINAL_ID: id, CONDUCTOR_TOKEN: tokenOf(world, id) },
  });
  return connected(transport);
}

async function connected(
  transport: StreamableHTTPClientTransport | StdioClientTransport,
): Promise<McpAgent> {
  const client = new Client({ name: "a test", version: "1" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    call: async (name, input = {}, options = {}) => {
      const said = await client.callTool({ name, arguments: input }, undefined, options);
      const { content } = said;
      const texts = Array.isArray(content)
        ? content.map((part: { text?: string }) => part.text)
        : [];
      return { text: texts.join(""), isError: said.isError === true };
    },
  };
}
