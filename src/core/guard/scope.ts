/** What a shell knows while it runs: variables, folder, functions, and what the text itself has made so far. */
import { type Field, FROM_NET, type Stream } from "./field.ts";
import type { Runnable } from "./shell-ast.ts";

/** Things on disk and in git that outlive a subshell. */
interface Made {
  /** What was written to a file in this very text. */
  readonly files: Map<string, Stream>;
  /** Folders that an archive from the network was unpacked into. */
  readonly unpacked: Set<string>;
  /** Symbolic links made in this text, to where they lead. */
  readonly links: Map<string, string>;
}

export class Scope {
  readonly variables: Map<string, readonly Field[] | undefined>;
  readonly functions: Map<string, Runnable>;
  readonly aliases: Map<string, string>;
  readonly made: Made;
  /** Undefined when a `cd` could not be told. */
  cwd: string | undefined;
  /** Undefined when `$1` … are not known. */
  positional: readonly Field[] | undefined;

  constructor(
    cwd: string | undefined,
    from?: Pick<Scope, "variables" | "functions" | "aliases" | "made" | "positional">,
  ) {
    this.cwd = cwd;
    this.variables = new Map(from?.variables);
    this.functions = new Map(from?.functions);
    this.aliases = new Map(from?.aliases);
    this.made = from?.made ?? { files: new Map(), links: new Map(), unpacked: new Set() };
    this.positional = from?.positional;
  }

  /** What this text itself put at a path; undefined where it did not. */
  madeAt(path: string): Stream | undefined {
    const stream = this.made.files.get(path);
    if (stream !== undefined) return stream;
    const from = [...this.made.unpacked].some((folder) => path.startsWith(`${folder}/`));
    return from ? FROM_NET : undefined;
  }

  /** A subshell: it sees all of this and changes none of it, except what is on disk. */
  fork(): Scope {
    return new Scope(this.cwd, this);
  }

  /** After a branch that may or may not have run: what it changed is not known any more. */
  merge(branch: Scope): void {
    if (!sameFields(this.positional, branch.positional)) this.positional = undefined;
    for (const [name, text] of branch.aliases) this.aliases.set(name, text);
    for (const [name, value] of branch.variables) {
      const mine = this.variables.get(name);
      if (!this.variables.has(name) || !sameFields(mine, value))
        this.variables.set(name, undefined);
    }
    for (const [name, body] of branch.functions) this.functions.set(name, body);
    if (branch.cwd !== this.cwd) this.cwd = undefined;
  }

  /** What was known before is known still, and the same. */
  holdsAll(before: Scope): boolean {
    return (
      this.cwd === before.cwd &&
      sameFields(this.positional, before.positional) &&
      [...before.variables].every(([name, value]) => sameFields(this.variables.get(name), value))
    );
  }
}

function sameFields(
  one: readonly Field[] | undefined,
  other: readonly Field[] | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((each, at) => each.text === other[at]?.text);
}
