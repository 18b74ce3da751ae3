/** A call of an agent's own tool, which is no shell text: the same facts, from the paths that it names. */
import { assertNever } from "../../base/errors.ts";
import { reading, writing } from "./deeds.ts";
import type { Analysis, Fact, Place } from "./facts.ts";
import { field } from "./field.ts";
import { type Target, target } from "./paths.ts";
import { Scope } from "./scope.ts";

export interface ToolUse {
  /** In the words of policy rules (`tool:`). */
  readonly kind: "read" | "write" | "fetch" | "mcp" | "other";
  /** As its agent calls it. */
  readonly name: string;
  /** That it reads or writes, as they were given. */
  readonly paths: readonly string[];
  readonly url?: string;
  /** It leaves nothing in the file. */
  readonly empties?: boolean;
  /** It changes the agent's own state only: its plan, its list, its sub-agents, whose calls are judged by themselves. */
  readonly own?: boolean;
}

export function analyseTool(use: ToolUse, place: Place): Analysis {
  const targets = use.paths.map((path) => literal(path, place));
  const action = {
    argv: [use.name],
    words: [use.name],
    via: [],
    cwd: place.cwd,
    dynamic: false,
    redirects: use.kind === "write" ? targets.map(({ path }) => path) : [],
    facts: factsOf(use, targets),
  };
  return { actions: [action], flags: [] };
}

/** None for a tool that nobody knows: then the policy's default counts. */
function factsOf(use: ToolUse, targets: readonly Target[]): readonly Fact[] {
  switch (use.kind) {
    case "read":
      return targets.map(reading);
    case "write":
      return targets.map((each) => writing(each, { emptied: use.empties === true }));
    case "fetch":
      return isWeb(use.url)
        ? [{ deed: "network-read", note: `fetches ${use.url ?? ""}`.trim() }]
        : [];
    case "mcp":
    case "other":
      return use.own === true ? [{ deed: "shell-state", note: "changes only the agent" }] : [];
    default:
      return assertNever(use.kind);
  }
}

/** No glob and no variable: what a tool is given is the very path. */
function literal(path: string, place: Place): Target {
  return target(field(path), new Scope(place.cwd), place);
}

/** A search has no address. */
function isWeb(url: string | undefined): boolean {
  return url === undefined || /^https?:\/\/[^/]/i.test(url);
}
