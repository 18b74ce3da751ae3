/** What expanding a word needs of the walk around it. */
import type { Field, Stream } from "./field.ts";
import type { Scope } from "./scope.ts";
import type { Script, Word } from "./shell-ast.ts";

export interface Expander {
  readonly scope: Scope;
  readonly home: string;
  /** Runs a script in a subshell and returns what it would print. */
  readonly substitute: (script: Script | undefined) => Stream;
  /** A word as one field, never split. */
  readonly value: (word: Word) => Field;
  /** Called for an expansion that runs text held in a variable. */
  readonly runsText: (source: string) => void;
}

/** A stretch of a word. */
export interface Piece {
  readonly field: Field;
  /** Unquoted and from an expansion: split where it has blanks. */
  readonly split: boolean;
  /** What it is split at, where the text sets IFS itself. */
  readonly separators?: string;
  /** `"$@"`: each is a word of its own. */
  readonly words?: readonly Field[];
}
