/** A shell word after expansion: text with holes where something is known only when it runs. */

/** Stands in a field's text for a part that cannot be told. From the private use area, and stripped from input. */
export const HOLE = "\uF8FF";

/** What a command reads or writes on a pipe, as far as it can be told. */
export interface Stream {
  readonly text?: string;
  /** `literal`: made from words of the command itself. */
  readonly origin: "none" | "literal" | "file" | "remote" | "unknown";
  readonly secret: boolean;
}

export interface Field {
  readonly text: string;
  /** Has an unquoted `*`, `?` or `[`, which the shell matches against files. */
  readonly glob: boolean;
  readonly secret: boolean;
  readonly remote: boolean;
  /** Holds the value of a variable whose name says that it is a credential. */
  readonly credential?: boolean;
  /** What is read from it where the word is a process substitution. */
  readonly stream?: Stream;
}

export const SILENT: Stream = { origin: "none", secret: false, text: "" };
export const UNKNOWN: Stream = { origin: "unknown", secret: false };
export const FROM_FILE: Stream = { origin: "file", secret: false };
export const FROM_NET: Stream = { origin: "remote", secret: false };

export function field(text: string): Field {
  return { text, glob: false, secret: false, remote: false };
}

export function literal(text: string): Stream {
  return { origin: "literal", secret: false, text };
}

export function isKnown(one: Field): boolean {
  return !one.text.includes(HOLE);
}

/** The word at a place, counted from the end below zero; no text where there is none. */
export function wordAt(words: readonly Field[], at: number): string {
  return words.at(at)?.text ?? "";
}

/** A word or a stream that grows beyond this is not followed: `a=$a$a`, again and again. */
const MAX_LENGTH = 64 * 1024;

/** Fields glued to one. */
export function join(fields: readonly Field[], between: string): Field {
  const length = fields.reduce((sum, each) => sum + each.text.length + between.length, 0);
  return {
    text: length > MAX_LENGTH ? HOLE : fields.map((each) => each.text).join(between),
    glob: fields.some((each) => each.glob),
    secret: fields.some((each) => each.secret),
    remote: fields.some((each) => each.remote),
    ...(fields.some((each) => each.credential) ? { credential: true } : {}),
  };
}

/** The stream as a word: `$( )` without its last line feeds. */
export function asField(stream: Stream): Field {
  const text = stream.text === undefined ? HOLE : stream.text.replace(/\n+$/, "");
  return { text, glob: false, secret: stream.secret, remote: stream.origin === "remote" };
}

/** A word as what is read from it: a here-string, a heredoc, an echo. */
export function streamOf(of: Field): Stream {
  const secret = of.secret || of.credential === true;
  if (isKnown(of)) return { ...literal(of.text), secret };
  return { origin: of.remote ? "remote" : "unknown", secret };
}

/** Two streams read one after the other. */
export function joined(one: Stream, other: Stream): Stream {
  if (one.origin === "none") return other;
  if (other.origin === "none") return one;
  const secret = one.secret || other.secret;
  const origin = worst(one.origin, other.origin);
  if (one.text === undefined || other.text === undefined) return { origin, secret };
  if (one.text.length + other.text.length > MAX_LENGTH) return { origin, secret };
  return { origin, secret, text: one.text + other.text };
}

const RANK = ["none", "literal", "file", "unknown", "remote"] as const;

function worst(one: Stream["origin"], other: Stream["origin"]): Stream["origin"] {
  return RANK.indexOf(one) > RANK.indexOf(other) ? one : other;
}
