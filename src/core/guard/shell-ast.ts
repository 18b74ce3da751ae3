/** The only door to the shell parser: text in, tree and errors out. Bash's grammar. */
import {
  type AndOr,
  type CompoundList,
  forEachChild,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Script,
  type Statement,
  type SyntaxNode,
} from "unbash";

export type * from "unbash";
export { forEachChild } from "unbash";

/** What a shell can run. */
export type Runnable = PipelineNode | AndOr | CompoundList | Script | Statement;

/** Text above this is not parsed at all. */
export const MAX_TEXT = 64 * 1024;

export interface Parsed {
  readonly script: ParsedScript;
  /** Any error in it or in a script nested in it: a nested script carries its own. */
  readonly broken: boolean;
}

export function parseShell(text: string): Parsed {
  const script = parse(text);
  return { script, broken: hasErrors(script) };
}

function hasErrors(node: SyntaxNode): boolean {
  if (node.type === "Script" && (node.errors?.length ?? 0) > 0) return true;
  let found = false;
  forEachChild(node, (child) => {
    found ||= hasErrors(child);
  });
  return found;
}

/** Calls `visit` for the node and everything below it. */
export function everyNode(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  forEachChild(node, (child) => everyNode(child, visit));
}
