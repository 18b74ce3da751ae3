/** What a CLI is told of our tools: by its arguments and variables, and by a file in a folder of its terminal. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import type { TerminalSettings } from "../hooks/settings.ts";

/** The token is never written: the settings name the variable that holds it. */
export function mcpSettings(
  { mcp }: Pick<ProviderDefinition, "mcp">,
  where: { readonly folder: string; readonly url: string },
): TerminalSettings {
  if (mcp === undefined) return { args: [], env: {} };
  const file = join(where.folder, "mcp.json");
  const fill = (text: string): string =>
    text.replaceAll("{url}", `${where.url}/mcp`).replaceAll("{file}", file);
  if (mcp.file !== undefined) {
    mkdirSync(where.folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, fill(mcp.file), { mode: 0o600 });
  }
  return {
    args: mcp.args.map(fill),
    env: Object.fromEntries(Object.entries(mcp.env).map(([name, text]) => [name, fill(text)])),
  };
}
