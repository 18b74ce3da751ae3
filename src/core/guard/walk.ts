/**
 * Walks a shell text in the order in which a shell would run it, with every branch taken, and hands each
 * command on to be judged. Bounded in size, depth and time; what is beyond a bound is flagged, never skipped.
 */
import { assertNever } from "../../base/errors.ts";
import { store, valuesOf } from "./assignments.ts";
import type { InnerHow, Walker } from "./call.ts";
import { expandParts, expandValue, expandWord, expandWords } from "./expand.ts";
import type { Expander } from "./expander.ts";
import type { Action, AnalysisFlag, Fact, Place } from "./facts.ts";
import {
  type Field,
  field,
  HOLE,
  isKnown,
  joined,
  literal,
  SILENT,
  type Stream,
  streamOf,
  UNKNOWN,
} from "./field.ts";
import { endlessLoop, spawnsItself } from "./fork-bombs.ts";
import { invoke } from "./invoke.ts";
import { judgeRedirect, judgeVariable, truncates } from "./redirects.ts";
import type { Scope } from "./scope.ts";
import {
  type Assignment,
  type Command,
  everyNode,
  MAX_TEXT,
  parseShell,
  type Redirection,
  type Runnable,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
} from "./shell-ast.ts";

const MAX_COMMANDS = 2_000;

const MAX_DEPTH = 12;

export const MAX_MS = 50;

/** A loop's body is walked for so many of its words. */
const MAX_ROUNDS = 8;

/** What the whole walk shares. */
export interface Journey {
  readonly place: Place;
  readonly actions: Action[];
  readonly flags: Set<AnalysisFlag>;
  /** To be judged when all of the text was walked. */
  readonly later: (() => void)[];
  readonly now: () => number;
  readonly startedAt: number;
  commands: number;
  /** Nothing more is walked. */
  stopped: boolean;
}

interface Here {
  readonly scope: Scope;
  readonly via: readonly string[];
  readonly stdin: Stream;
  /** Functions being called, to see one that calls itself. */
  readonly calls: readonly string[];
}

interface Variable {
  readonly name: string;
  readonly value: Field;
}

interface Redirected {
  readonly stdin: Stream | undefined;
  readonly outputs: readonly Field[];
  readonly facts: readonly Fact[];
}

/** What is known of a command before it is judged. */
interface Found {
  readonly facts: Fact[];
  readonly assigned: ReadonlyMap<string, readonly Field[]>;
  readonly redirected: Redirected;
}

export class Walk implements Walker {
  readonly #journey: Journey;
  readonly #here: Here;

  constructor(journey: Journey, here: Here) {
    this.#journey = journey;
    this.#here = here;
  }

  get scope(): Scope {
    return this.#here.scope;
  }
  get place(): Place {
    return this.#journey.place;
  }
  get stdin(): Stream {
    return this.#here.stdin;
  }
  get via(): readonly string[] {
    return this.#here.via;
  }
  get calls(): readonly string[] {
    return this.#here.calls;
  }

  /** Parses and walks; a text that is too long or broken is flagged, and what can be read of it is judged. */
  text(text: string): Stream {
    if (text.length > MAX_TEXT) {
      this.flag("limit");
      return UNKNOWN;
    }
    const { script, broken } = parseShell(text);
    if (broken) this.flag("parse_error");
    return this.script(script);
  }

  script(script: Script | undefined): Stream {
    return script === undefined ? UNKNOWN : this.#list(script.commands);
  }

  flag(flag: AnalysisFlag): void {
    this.#journey.flags.add(flag);
  }

  add(action: Action): void {
    this.#journey.actions.push(action);
  }

  later(judge: () => void): void {
    this.#journey.later.push(judge);
  }

  /** False when a bound is reached. */
  mayGoOn(): boolean {
    const { journey, here } = { journey: this.#journey, here: this.#here };
    journey.commands += 1;
    const late = journey.commands % 16 === 0 && journey.now() - journey.startedAt > MAX_MS;
    if (journey.commands <= MAX_COMMANDS && here.via.length <= MAX_DEPTH && !late) return true;
    this.flag("limit");
    journey.stopped ||= late || journey.commands > MAX_COMMANDS;
    return false;
  }

  inner(how: InnerHow): Walk {
    return this.#with({
      scope: how.scope ?? this.scope.fork(),
      via: [...this.via, how.via],
      stdin: how.stdin ?? this.stdin,
    });
  }

  aside(run: (walk: Walker) => void): readonly Action[] {
    const journey: Journey = { ...this.#journey, actions: [], flags: new Set(), later: [] };
    run(new Walk(journey, this.#here));
    this.#journey.commands = journey.commands;
    return journey.actions;
  }

  call(name: string, body: Runnable, positional: readonly Field[]): Stream {
    const before = this.scope.positional;
    this.scope.positional = positional;
    const stream = this.#with({
      calls: [...this.calls, name],
      via: [...this.via, `${name}()`],
    }).#node(body);
    this.scope.positional = before;
    return stream;
  }

  #with(change: Partial<Here>): Walk {
    return new Walk(this.#journey, { ...this.#here, ...change });
  }

  expander(): Expander {
    const by: Expander = {
      scope: this.scope,
      home: this.place.home,
      value: (word) => expandValue(word, by),
      substitute: (script) => this.inner({ via: "$( )" }).script(script),
      runsText: (source) =>
        this.add(
          this.#bare([{ deed: "run-unresolved", note: `${source} runs text held in a variable` }]),
        ),
    };
    return by;
  }

  #bare(facts: readonly Fact[]): Action {
    const redirects = facts.flatMap(({ deed, path }) => (deed !== "read" && path ? [path] : []));
    const cwd = this.scope.cwd ?? null;
    return { argv: [], words: [], via: this.via, cwd, dynamic: false, redirects, facts };
  }

  #list(statements: readonly Statement[]): Stream {
    return statements.map((one) => this.#node(one.command)).reduce(joined, SILENT);
  }

  #node(node: Runnable): Stream {
    if (this.#journey.stopped) return UNKNOWN;
    switch (node.type) {
      case "Command":
        return this.#command(node);
      case "AndOr":
        return node.commands
          .map((one, at) => (node.operators[at - 1] === "||" ? this.#branch(one) : this.#node(one)))
          .reduce(joined, SILENT);
      case "Pipeline":
        return this.#pipeline(node.commands);
      case "Script":
      case "CompoundList":
        return this.#list(node.commands);
      case "Subshell":
        return this.#with({ scope: this.scope.fork() }).#list(node.body.commands);
      case "BraceGroup":
        return this.#list(node.body.commands);
      case "If": {
        this.#node(node.clause);
        const branches = [node.then, ...node.elif.flatMap((one) => [one.clause, one.then])];
        if (node.else !== undefined) branches.push(node.else);
        return branches.map((branch) => this.#branch(branch)).reduce(joined, SILENT);
      }
      case "While":
        this.#node(node.clause);
        for (const note of endlessLoop(node, this.via)) this.add(this.#bare([note]));
        return this.#rounds([undefined], node.body);
      case "For":
      case "Select":
        return this.#loop(node.name.value, node.wordlist, node.body);
      case "ArithmeticFor":
        this.#commandsIn(node);
        return this.#rounds([undefined], node.body);
      case "Case":
        expandWord(node.word, this.expander());
        return node.items
          .map((item) => {
            for (const each of item.pattern) expandWord(each, this.expander());
            return this.#branch(item.body);
          })
          .reduce(joined, SILENT);
      case "Function":
        return this.#define(node.name.value, node.body);
      case "Coproc":
        return this.#with({ scope: this.scope.fork() }).#node(node.body);
      case "Redirected":
        return this.#redirected(node.redirects, (inner) => inner.#node(node.command));
      case "TestCommand":
      case "ArithmeticCommand":
        this.#commandsIn(node);
        return SILENT;
      case "Statement":
        return this.#node(node.command);
      default:
        return assertNever(node);
    }
  }

  /** A branch that may not run: walked, and what it changes is not known afterwards. */
  #branch(body: Runnable, set?: Variable): Stream {
    const scope = this.scope.fork();
    if (set !== undefined) scope.variables.set(set.name, [set.value]);
    const out = this.#with({ scope }).#node(body);
    this.scope.merge(scope);
    return out;
  }

  #loop(name: string, words: readonly Word[] | undefined, body: Runnable): Stream {
    const fields =
      words === undefined ? this.scope.positional : expandWords(words, this.expander());
    const rounds = fields === undefined || fields.length > MAX_ROUNDS ? [field(HOLE)] : fields;
    return this.#rounds(
      rounds.map((value) => ({ name, value })),
      body,
    );
  }

  /** One round for each, and the last of them again where a round changes what the next one finds. */
  #rounds(sets: readonly (Variable | undefined)[], body: Runnable): Stream {
    const before = this.scope.fork();
    const out = sets.map((set) => this.#branch(body, set)).reduce(joined, SILENT);
    if (sets.length > 1 || this.scope.holdsAll(before)) return out;
    return joined(out, this.#branch(body, sets[0]));
  }

  #define(name: string, body: Runnable): Stream {
    this.scope.functions.set(name, body);
    const scope = this.scope.fork();
    scope.positional = undefined;
    if (spawnsItself(name, body))
      this.add(this.#bare([{ deed: "fork-bomb", note: `${name} starts itself again and again` }]));
    const inner = this.#with({
      scope,
      via: [...this.via, `${name}()`],
      calls: [...this.calls, name],
    });
    inner.#node(body);
    return SILENT;
  }

  #pipeline(commands: readonly Runnable[]): Stream {
    let stream = this.stdin;
    for (const command of commands) {
      const scope = commands.length === 1 ? this.scope : this.scope.fork();
      stream = this.#with({ scope, stdin: stream }).#node(command);
    }
    return stream;
  }

  /** Commands in the words of a test or of arithmetic. */
  #commandsIn(node: SyntaxNode): void {
    everyNode(node, (each) => {
      if (each.type === "Word") expandWord(each, this.expander());
      if (each.type === "ArithmeticCommandExpansion") this.expander().substitute(each.script);
      if (each.type === "ArithmeticWord" && each.parts !== undefined)
        expandParts(each.parts, this.expander());
    });
  }

  #redirected(redirects: readonly Redirection[], run: (inner: Walk) => Stream): Stream {
    const { stdin, outputs, facts } = this.#redirects(redirects);
    if (facts.length > 0) this.add(this.#bare(facts));
    const inner = stdin === undefined ? this : this.#with({ stdin });
    return this.#into(outputs, run(inner));
  }

  /** Follows the redirects of one command: where its input comes from, where its output goes. */
  #redirects(redirects: readonly Redirection[]): Redirected {
    let stdin: Stream | undefined;
    const outputs: Field[] = [];
    const facts: Fact[] = [];
    const by = this.expander();
    for (const each of redirects) {
      if (each.type === "HereDoc") {
        const { body, delimiter } = each;
        const quoted = delimiter?.quoted === true || body.parts === undefined;
        stdin = streamOf(quoted ? field(body.text) : expandParts(body.parts ?? [], by));
        continue;
      }
      if (each.target === undefined) continue;
      const where = expandValue(each.target, by);
      if (each.type === "HereString") {
        stdin = streamOf(isKnown(where) ? { ...where, text: `${where.text}\n` } : where);
        continue;
      }
      const found = judgeRedirect(each, where, this.scope, this.place);
      facts.push(...found.facts);
      if (found.reads !== undefined) stdin = found.reads;
      if (found.writes) outputs.push(where);
    }
    return { stdin, outputs, facts };
  }

  /** What is written to a file is remembered, since the same text may run it. */
  #into(outputs: readonly Field[], stream: Stream): Stream {
    for (const each of outputs) this.wrote(each, stream);
    return outputs.length > 0 ? SILENT : stream;
  }

  wrote(file: Field, stream: Stream): void {
    const path = truncates.path(file, this.scope, this.place);
    if (path !== undefined) this.scope.made.files.set(path, stream);
  }

  #command(node: Command): Stream {
    if (!this.mayGoOn()) return UNKNOWN;
    const by = this.expander();
    const assigned = new Map<string, readonly Field[]>();
    for (const one of node.prefix) {
      if (one.type === "Assignment") assigned.set(one.name, valuesOf(one, by));
    }
    const redirected = this.#redirects(node.redirects);
    const facts = [...redirected.facts];
    for (const [name, values] of assigned)
      for (const value of values) facts.push(...judgeVariable(name, value, this));
    const out =
      node.name === undefined
        ? this.#nameless(node.prefix, { facts, assigned, redirected })
        : this.#named(node.name, node.args, { facts, assigned, redirected });
    if (out.origin === "literal" && out.text === "")
      this.#empties(node.redirects, redirected.outputs);
    return this.#into(redirected.outputs, out);
  }

  #named(name: Word, args: Command["args"], { facts, assigned, redirected }: Found): Stream {
    const by = this.expander();
    const argv = [
      ...expandWord(name, by),
      ...args.flatMap((one) => this.#argument(one, by, facts)),
    ];
    const { stdin } = redirected;
    const inner = stdin === undefined ? this : this.#with({ stdin });
    return invoke(inner, { argv, facts, assigned });
  }

  /** `A=1`, `> file`, and `< file`, which in `$( )` is what stands in the file. */
  #nameless(prefix: Command["prefix"], { facts, assigned, redirected }: Found): Stream {
    for (const one of prefix)
      if (one.type === "Assignment") store(this.scope, one, assigned.get(one.name) ?? []);
    if (facts.length > 0) this.add(this.#bare(facts));
    return redirected.outputs.length > 0 ? literal("") : (redirected.stdin ?? SILENT);
  }

  /** Nothing is printed over what was there. */
  #empties(redirects: readonly Redirection[], outputs: readonly Field[]): void {
    if (!redirects.some((one) => one.type === "Redirect" && /^(>|>\||&>)$/.test(one.operator)))
      return;
    const facts = outputs.flatMap((each) => truncates.fact(each, this.scope, this.place) ?? []);
    if (facts.length > 0) this.add(this.#bare(facts));
  }

  #argument(one: Word | Assignment, by: Expander, facts: Fact[]): Field[] {
    if (one.type === "Word") return expandWord(one, by);
    const values = valuesOf(one, by);
    if (one.value.type === "Word") {
      const plus = one.append === true ? "+" : "";
      return values.map((value) => ({ ...value, text: `${one.name}${plus}=${value.text}` }));
    }
    // `declare -a x=(…)`: an argument is one word, so the list goes into the scope at once.
    for (const value of values) facts.push(...judgeVariable(one.name, value, this));
    store(this.scope, one, values);
    return [field(one.name)];
  }
}
