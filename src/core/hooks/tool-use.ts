/** What a call of an agent's own tool would touch, from a table of its CLI's tools. */
import type { ToolUse } from "../guard/index.ts";
import { type Input, isText } from "./payload.ts";

type Arguments = Readonly<Record<string, string>>;

/** Each tool with the argument in which its path or its address stands. */
export interface ToolTable {
  readonly reads: Arguments;
  /** These of `reads` look in the agent's folder where no path is given. */
  readonly searches: readonly string[];
  readonly writes: Arguments;
  /** These of `writes` put the text of that argument in the place of all that is there. */
  readonly replaces: Arguments;
  readonly fetches: Arguments;
  /** They ask a search engine. */
  readonly webSearches: readonly string[];
}

/** Undefined where the input lacks what the tool cannot do without. */
export function useOfTool(
  table: ToolTable,
  tool: string,
  input: Input,
  otherwise: () => ToolUse | undefined,
): ToolUse | undefined {
  const { reads, searches, writes, replaces, fetches, webSearches } = table;
  if (Object.hasOwn(reads, tool)) {
    const path = argument(reads, tool, input);
    if (isText(path)) return { kind: "read", name: tool, paths: [path] };
    const isHere = searches.includes(tool) && (path == null || path === "");
    return isHere ? { kind: "read", name: tool, paths: ["."] } : undefined;
  }
  if (Object.hasOwn(writes, tool)) {
    const path = argument(writes, tool, input);
    const empties = argument(replaces, tool, input) === "";
    return isText(path) ? { kind: "write", name: tool, paths: [path], empties } : undefined;
  }
  if (webSearches.includes(tool)) return { kind: "fetch", name: tool, paths: [] };
  if (!Object.hasOwn(fetches, tool)) return otherwise();
  const url = argument(fetches, tool, input);
  return isText(url) ? { kind: "fetch", name: tool, paths: [], url } : undefined;
}

function argument(names: Arguments, tool: string, input: Input): unknown {
  const name = Object.hasOwn(names, tool) ? names[tool] : undefined;
  return name === undefined ? undefined : input[name];
}

/** A tool that no table knows: a server's, whose name begins with `mcp__`, or one of the CLI's own. */
export function otherUse(tool: string, ownTools: ReadonlySet<string>): ToolUse {
  // What our own tools do is judged where it is done.
  return tool.startsWith("mcp__")
    ? { kind: "mcp", name: tool, paths: [], own: isOurTool(tool) }
    : { kind: "other", name: tool, paths: [], own: ownTools.has(tool) };
}

/** Ours by its whole name: that of another server, as `conductor__x`, may begin like it. */
function isOurTool(tool: string): boolean {
  return /^mcp__conductor__[a-z]+(?:_[a-z]+)*$/.test(tool);
}
