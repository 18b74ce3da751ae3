/** Words of a shell text to fields: quotes, tilde, braces, variables and substitutions, in the shell's order. */
import type { Expander, Piece } from "./expander.ts";
import { asField, type Field, field, HOLE, join } from "./field.ts";
import { parameter } from "./parameters.ts";
import { parseShell, type Word, type WordPart } from "./shell-ast.ts";

/** So many words of one brace expansion are looked at. */
const MAX_BRACES = 64;

export function expandWords(words: readonly Word[], by: Expander): Field[] {
  return words.flatMap((word) => expandWord(word, by));
}

export function expandWord(word: Word, by: Expander): Field[] {
  if (word.parts === undefined) return [plain(word, by)];
  const first = word.parts[0];
  const tilde = first?.type === "Literal" && first.text.startsWith("~");
  const pieces = word.parts.map((part) => piecesOf(part, by));
  return braces(word.parts, pieces, by).flatMap((each) => fieldsOf(each, tilde ? by : undefined));
}

/** One field, never split: a redirect's target, an assignment's value, a here-string. */
export function expandValue(word: Word, by: Expander): Field {
  const fields = expandWord(word, by);
  const [only, more] = fields;
  if (only !== undefined && more === undefined) return only;
  return join(fields, " ");
}

export function expandParts(parts: readonly WordPart[], by: Expander): Field {
  return join(
    parts.flatMap((part) => piecesOf(part, by).map((piece) => piece.field)),
    "",
  );
}

function plain(word: Word, by: Expander): Field {
  return field(word.text.startsWith("~") ? untilde(word.value, by) : word.value);
}

/** `~` and `~/x` are the home folder, `~other` is another's. */
function untilde(text: string, by: Pick<Expander, "home" | "scope">): string {
  if (!text.startsWith("~")) return text;
  const [start = ""] = text.split("/", 1);
  const [user, rest] = [start.slice(1), text.slice(start.length)];
  if (user === "") return `${by.home}${rest}`;
  if (user === "+") return `${by.scope.cwd ?? HOLE}${rest}`;
  if (user === "-") return `${HOLE}${rest}`;
  return `${user === "root" ? "/root" : `/home/${user}`}${rest}`;
}

function piecesOf(part: WordPart, by: Expander): Piece[] {
  switch (part.type) {
    case "Literal":
      return [whole(field(part.value))];
    case "SingleQuoted":
    case "AnsiCQuoted":
      return [whole(field(part.value))];
    case "Glob":
    case "ExtendedGlob":
      return [whole({ ...field(part.text), glob: true })];
    case "DoubleQuoted":
    case "LocaleString":
      return part.parts.length === 0
        ? [whole(field(""))]
        : part.parts.flatMap((child) => piecesOf(child, by).map(quoted));
    case "SimpleExpansion":
      return [parameter({ name: part.text.slice(1) }, by)];
    case "ParameterExpansion":
      return [parameter(asked(part, by), by)];
    case "CommandExpansion":
      return [{ field: asField(by.substitute(part.script)), split: true }];
    case "ProcessSubstitution": {
      const stream = by.substitute(part.script);
      return [whole({ ...field("/dev/fd/63"), stream, secret: stream.secret })];
    }
    case "ArithmeticExpansion":
      runInside(part, by);
      return [whole(field(HOLE))];
    case "BraceExpansion":
      return [whole(field(part.text))];
    default:
      return [whole(field(HOLE))];
  }
}

/** `$(( … $(rm) … ))`: the number does not matter, the commands do. */
function runInside(part: Extract<WordPart, { type: "ArithmeticExpansion" }>, by: Expander): void {
  const inner = part.text.replace(/^\$(\(\(|\[)/, "").replace(/(\)\)|\])$/, "");
  for (const text of inner.match(/\$\([^(](?:[^()]|\([^()]*\))*\)|`[^`]*`/g) ?? []) {
    by.substitute(parseShell(`: ${text}`).script);
  }
}

type ParameterPart = Extract<WordPart, { type: "ParameterExpansion" }>;

function asked(part: ParameterPart, by: Expander): Parameters<typeof parameter>[0] {
  const { operation, prefix, index } = part;
  if (index !== undefined) expandWord(index, by);
  const name = part.parameter;
  return {
    name,
    ...(prefix === undefined ? {} : { prefix }),
    ...(operation === undefined ? {} : { operation }),
    ...(index === undefined ? {} : { index: index.value }),
  };
}

function whole(of: Field): Piece {
  return { field: of, split: false };
}

function quoted(piece: Piece): Piece {
  return { ...piece, field: { ...piece.field, glob: false }, split: false };
}

/** Every word that the braces of a word make; pieces that are no braces stand in each of them. */
function braces(
  parts: readonly WordPart[],
  pieces: readonly (readonly Piece[])[],
  by: Expander,
): Piece[][] {
  let made: Piece[][] = [[]];
  for (const [at, part] of parts.entries()) {
    const here = pieces[at] ?? [];
    const choices =
      part.type === "BraceExpansion" ? choicesOf(part.text, by).map((one) => [whole(one)]) : [here];
    made = made.flatMap((start) => choices.map((choice) => [...start, ...choice]));
    if (made.length > MAX_BRACES) return [[whole(field(HOLE))]];
  }
  return made;
}

function choicesOf(text: string, by: Expander): Field[] {
  const inner = text.slice(1, -1);
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(inner);
  if (range !== null) return numbers(Number(range[1]), Number(range[2]));
  if (/^[A-Za-z]\.\.[A-Za-z]$/.test(inner)) return [field(HOLE)];
  return splitCommas(inner).flatMap((choice) => {
    const [statement] = parseShell(`: ${choice}`).script.commands;
    const command = statement?.command;
    if (command?.type !== "Command") return [field(HOLE)];
    const words = command.args.filter((one) => one.type === "Word");
    return words.length === 0 ? [field("")] : expandWords(words, by);
  });
}

function numbers(from: number, to: number): Field[] {
  const count = Math.abs(to - from) + 1;
  if (count > MAX_BRACES) return [field(HOLE)];
  return Array.from({ length: count }, (_, at) =>
    field(String(from <= to ? from + at : from - at)),
  );
}

function splitCommas(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "{") depth += 1;
    if (char === "}") depth -= 1;
    if (char === "," && depth === 0) found.push("");
    else found[found.length - 1] += char;
  }
  return found;
}

/** Splits what is unquoted and expanded, and glues the rest together. */
function fieldsOf(pieces: readonly Piece[], tilde: Expander | undefined): Field[] {
  const done: Field[] = [];
  let open: Field | undefined;
  const glue = (next: Field): void => {
    open = open === undefined ? next : { ...next, ...join([open, next], "") };
  };
  const close = (): void => {
    if (open !== undefined) done.push(open);
    open = undefined;
  };
  for (const piece of pieces) {
    const words =
      piece.words ?? (piece.split ? splitBlanks(piece.field, piece.separators) : [piece.field]);
    if (piece.split && /^\s/.test(piece.field.text)) close();
    for (const [at, word] of words.entries()) {
      if (at > 0) close();
      glue(word);
    }
    if (piece.split && /\s$/.test(piece.field.text)) close();
  }
  close();
  const [first, ...rest] = done;
  if (first === undefined || tilde === undefined) return done;
  return [{ ...first, text: untilde(first.text, tilde) }, ...rest];
}

function splitBlanks(of: Field, separators = " \t\n"): Field[] {
  let spread = of.text;
  for (const each of separators) spread = spread.replaceAll(each, "\n");
  const words = spread.split("\n").filter((word) => word !== "");
  return words.map((text) => ({ ...of, text, glob: of.glob || /[*?[]/.test(text) }));
}
