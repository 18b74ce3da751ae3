import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import { everyNode, parseShell } from "../../../src/core/guard/shell-ast.ts";
import { labelled } from "./verdicts.ts";

/** Another parser of the same language, as an oracle: the names that it finds, ours finds too. */
const require = createRequire(import.meta.url);
const grammar = readFileSync(require.resolve("tree-sitter-bash/tree-sitter-bash.wasm"));
await Parser.init();
const other = new Parser();
other.setLanguage(await Language.load(grammar));

/** Words of the shell that the other takes for names of programs. */
const KEYWORDS = new Set(["time", "coproc", "do", "done", "then", "fi"]);

function theirs(text: string): string[] {
  const tree = other.parse(text);
  if (tree === null) return [];
  const found: string[] = [];
  const visit = (node: Node): void => {
    const name = node.type === "command" ? node.childForFieldName("name")?.text : undefined;
    if (name !== undefined && /^[\w./-]+$/.test(name) && !KEYWORDS.has(name)) found.push(name);
    for (const child of node.children) if (child !== null) visit(child);
  };
  visit(tree.rootNode);
  const names = tree.rootNode.hasError ? [] : found;
  tree.delete();
  return names;
}

function ours(text: string): { readonly names: ReadonlySet<string>; readonly broken: boolean } {
  const { script, broken } = parseShell(text);
  const names = new Set<string>();
  everyNode(script, (node) => {
    if (node.type === "Command" && node.name !== undefined) names.add(node.name.value);
  });
  return { names, broken };
}

/** A text that ours calls broken is asked about whatever was found in it. */
function missed(text: string): string[] {
  const { names, broken } = ours(text);
  return broken ? [] : theirs(text).filter((name) => !names.has(name));
}

/** The other splits a name that goes on after an escaped line end; ours takes `<( )` for no assignment's value. */
const isKnownToDiffer = (text: string) => /\S\\\n\S/.test(text) || /^\w+=<\(/.test(text);

const LINES = ["dev", "held", "fresh", "confirm"]
  .flatMap((name) => labelled(name))
  .map((one) => one.command);

test("every name that the other parser finds in the labelled commands is found", () => {
  const lines = LINES.filter((text) => !isKnownToDiffer(text) && missed(text).length > 0);
  expect(lines).toEqual([]);
});

const PIECES = [
  "$(",
  "`",
  "${",
  "}",
  ")",
  "((",
  "'",
  '"',
  "\\",
  "\n",
  ";;",
  "|&",
  ">(",
  "[[",
  "if ",
  "fi",
  "#",
  "x=",
  "; rm y",
  "&& rm y",
  "|| rm y",
];

test("and so in the same commands with something put into them", () => {
  let seed = 42;
  const upTo = (count: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % count;
  };
  const drawn = Array.from({ length: 1500 }, () => {
    const line = LINES[upTo(LINES.length)] ?? "";
    const at = upTo(line.length + 1);
    return `${line.slice(0, at)}${PIECES[upTo(PIECES.length)] ?? ""}${line.slice(at)}`;
  });
  expect(drawn.filter((text) => !isKnownToDiffer(text) && missed(text).length > 0)).toEqual([]);
});
