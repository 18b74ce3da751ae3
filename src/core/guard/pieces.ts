/**
 * A shell text as a tree of the stretches that could be left out of it: commands, their words and redirects,
 * the commands in those words, and what a quoted word says where it reads as shell text itself.
 */
import type { Span } from "../../contract/approvals.ts";
import {
  type Command,
  forEachChild,
  type HereDoc,
  parseShell,
  type SyntaxNode,
  type Word,
} from "./shell-ast.ts";

/** Its offsets are in the text that spans count from. */
export interface Piece extends Readonly<Span> {
  /** What stands in its place when it is left out. */
  readonly stand: string;
  /** Read only where it is asked for. */
  readonly inner: () => readonly Piece[];
}

/** The command that does nothing. */
const NOTHING = "true";

/** @param offset  where the text begins in the one that spans count from */
export function piecesOf(text: string, offset = 0): Piece[] {
  return below(parseShell(text).script, { text, offset });
}

interface Source {
  readonly text: string;
  readonly offset: number;
}

function below(node: SyntaxNode, source: Source): Piece[] {
  // The positions in an escaped backtick's script are of another text.
  if (node.type === "Script" && node.source !== undefined) return [];
  const found: Piece[] = [];
  forEachChild(node, (child) => {
    // A loop without its variable's name is none.
    const isName = "name" in node && child === node.name;
    if (!isName) found.push(...pieces(child, source));
  });
  return found;
}

function pieces(node: SyntaxNode, source: Source): Piece[] {
  const { type } = node;
  if (type === "Command") return commandOf(node, source);
  if (type === "Word") return [piece(node, source, () => insideWord(node, source))];
  if (type === "Assignment" || type === "Redirect" || type === "HereString") {
    // What stands behind the operator matters with it.
    return [piece(node, source, () => below(node, source).flatMap((word) => word.inner()))];
  }
  return below(node, source);
}

function piece(
  { pos, end }: { readonly pos: number; readonly end: number },
  { offset }: Source,
  inner: Piece["inner"],
  stand = "",
): Piece {
  return { start: pos + offset, end: end + offset, stand, inner };
}

/** Its here-documents stay where it is left out, since their text would be commands without them. */
function commandOf(node: Command, source: Source): Piece[] {
  const documents = node.redirects.filter((one) => one.type === "HereDoc");
  const kept = documents.map(({ pos, end }) => source.text.slice(pos, end));
  const stand = [NOTHING, ...kept].join(" ");
  const command = piece(node, source, () => partsOf(node, source), stand);
  return [command, ...documents.map((one) => hereText(one, source))];
}

function partsOf(node: Command, source: Source): Piece[] {
  const name = node.name === undefined ? [] : pieces(node.name, source);
  const rest = [...node.prefix, ...node.suffix].filter((part) => part.type !== "HereDoc");
  return [
    ...name.map((one) => ({ ...one, stand: NOTHING })),
    ...rest.flatMap((part) => pieces(part, source)),
  ];
}

function hereText({ body }: HereDoc, source: Source): Piece {
  const text = source.text.slice(body.pos, body.end);
  return piece(body, source, () => piecesOf(text, source.offset + body.pos));
}

/** The commands of its substitutions; of a quoted text of several words, what it says as shell text. */
function insideWord(node: Word, source: Source): Piece[] {
  const found = below(node, source);
  if (found.length > 0) return found;
  const [, , quoted] = /^(['"])([^\\]*)\1$/s.exec(node.text) ?? [];
  if (quoted === undefined || !/\S\s+\S/.test(quoted)) return [];
  return piecesOf(quoted, source.offset + node.pos + 1);
}
