/** Functions and loops that start processes without end. */
import type { Fact } from "./facts.ts";
import { everyNode, type SyntaxNode } from "./shell-ast.ts";

/** A function that pipes into itself, or leaves itself running and calls itself. */
export function spawnsItself(name: string, body: SyntaxNode): boolean {
  let found = false;
  const isSelf = (node: SyntaxNode): boolean =>
    node.type === "Command" && node.name?.value === name;
  everyNode(body, (node) => {
    if (node.type === "Pipeline" && node.commands.length > 1) found ||= node.commands.some(isSelf);
    if (node.type === "Statement" && node.background === true) found ||= isSelf(node.command);
  });
  return found;
}

/** `while true; do … & done` never stops starting processes. */
export function endlessLoop(
  node: Extract<SyntaxNode, { type: "While" }>,
  via: readonly string[],
): Fact[] {
  const [first] = node.clause.commands;
  const clause = first?.command;
  const forever = clause?.type === "Command" && /^(true|:)$/.test(clause.name?.value ?? "");
  if (!forever) return [];
  const spawns = node.body.commands.some((one) => one.background === true);
  const idle = node.body.commands.every(
    (one) => one.command.type === "Command" && one.command.name?.value === ":",
  );
  const bomb = (note: string): Fact => ({ deed: "fork-bomb", note });
  const found: Fact[] = [];
  if (spawns && node.kind === "while") found.push(bomb("an endless loop that starts processes"));
  if (idle && via.some((each) => /xargs|parallel/.test(each)))
    found.push(bomb("endless loops, started again and again"));
  return found;
}
