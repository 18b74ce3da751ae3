/** One command about to be judged, and what a judge of programs may do with it. */
import type { Action, Deed, Fact, Place } from "./facts.ts";
import type { Field, Stream } from "./field.ts";
import type { Target } from "./paths.ts";
import type { Scope } from "./scope.ts";
import type { Runnable } from "./shell-ast.ts";

export interface InnerHow {
  /** How it is reached from here: `find -exec`, `sh -c`. */
  readonly via: string;
  readonly stdin?: Stream;
  /** Runs in a shell of its own unless told. */
  readonly scope?: Scope;
}

export interface Call {
  /** Normalised: `rm` for `/bin/rm`. */
  readonly name: string;
  readonly args: readonly Field[];
  readonly stdin: Stream;
  readonly scope: Scope;
  readonly place: Place;
  report(deed: Deed, note: string, path?: string): void;
  target(of: Field): Target;
  /** Judges a command of words. */
  run(argv: readonly Field[], how: InnerHow): Stream;
  /** What a command of these words would do, where nobody knows whether it is one: nothing of it is found. */
  sight(argv: readonly Field[], via: string): readonly Fact[];
  /** Judges a text of the shell; what is not known is reported. */
  runText(text: Field, how: InnerHow): Stream;
  /** Judges what a shell reads from a stream. */
  runStream(stream: Stream, how: InnerHow): Stream;
  /** Judges a variable that is set for a program. */
  variable(name: string, value: Field): void;
  walkInner(how: InnerHow): InnerWalk;
}

/** A walk one level down: what it finds joins what was found. */
export interface InnerWalk {
  text(text: string): Stream;
}

/** Judges one program; the stream is what it would print, where that matters. */
export type Judge = (call: Call) => Stream | undefined;

/** The walk as a command's judges see it. */
export interface Walker {
  readonly scope: Scope;
  readonly place: Place;
  readonly stdin: Stream;
  readonly via: readonly string[];
  /** Functions that are being called. */
  readonly calls: readonly string[];
  add(action: Action): void;
  /** Done when all of the text was walked. */
  later(judge: () => void): void;
  /** False when a bound is reached. */
  mayGoOn(): boolean;
  inner(how: InnerHow): Walker;
  /** A walk whose finds are its own. */
  aside(run: (walk: Walker) => void): readonly Action[];
  text(text: string): Stream;
  /** Runs a function's body with these `$1` … */
  call(name: string, body: Runnable, positional: readonly Field[]): Stream;
}
