/**
 * Walks a shell text in the order in which a shell would run it, with every branch taken, and hands each
 * command on to be judged. Bounded in size, depth and time; what is beyond a bound is flagged, never skipped.
 */

import { assertNever } from "../../base/errors.ts";
import type { InnerHow, Walker } from "./call.ts";
import { expandParts, expandValue, expandWord, expandWords } from "./expand.ts";
import type { Expander } from "./expander.ts";
import type { Action, Analysis, AnalysisFlag, Fact, Place } from "./facts.ts";
import {
  type Field,
  FROM_FILE,
  field,
  HOLE,
  isKnown,
  join,
  joined,
  SILENT,
  type Stream,
  streamOf,
  UNKNOWN,
} from "./field.ts";
import { invoke } from "./invoke.ts";
import { judgeRedirect, judgeVariable, truncates } from "./redirects.ts";
import { Scope } from "./scope.ts";
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
const MAX_MS = 50;
/** A loop's body is walked for so many of its words. */
const MAX_ROUNDS = 8;

/** What the whole walk shares. */
const LONG_TEXT = 2_000;

interface Journey {
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

export function analyse(text: string, place: Place, now: () => number): Analysis {
  const journey: Journey = {
    place,
    actions: [],
    flags: new Set(),
    later: [],
    now,
    startedAt: now(),
    commands: 0,
    stopped: false,
  };
  const walk = new Walk(journey, { scope: homeScope(place), via: [], stdin: SILENT, calls: [] });
  withinStack(journey, () => {
    walk.text(text);
    for (let judge = journey.later.shift(); judge !== undefined; judge = journey.later.shift())
      judge();
  });
  // Between two looks at the clock one long word may have taken its time.
  if (text.length > LONG_TEXT && now() - journey.startedAt > MAX_MS) journey.flags.add("limit");
  if (sendsWhatItReads(journey.actions)) journey.actions.push(SENDING);
  return { actions: journey.actions, flags: [...journey.flags] };
}

/** Nesting that is too deep for us is beyond a bound like any other; what was found stays found. */
function withinStack(journey: Journey, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    journey.flags.add("limit");
  }
}

/** Through `/dev/tcp` any command of the text can send what any other read. */
function sendsWhatItReads(actions: readonly Action[]): boolean {
  const facts = actions.flatMap((action) => action.facts);
  const connects = facts.some(
    ({ deed, path }) => deed === "send-data" && /^\/dev\/(tcp|udp)\//.test(path ?? ""),
  );
  return (
    connects &&
    facts.some(({ deed, note }) => deed === "read-secret" || /interactive shell/.test(note))
  );
}

const SENDING: Action = {
  argv: [],
  words: [],
  via: [],
  cwd: null,
  dynamic: false,
  redirects: [],
  facts: [{ deed: "send-secret", note: "sends what it reads to another machine" }],
};

function homeScope(place: Place): Scope {
  const scope = new Scope(place.cwd);
  const known = {
    HOME: place.home,
    USER: place.user,
    LOGNAME: place.user,
    TMPDIR: "/tmp",
    OLDPWD: undefined,
  };
  for (const [name, value] of Object.entries(known))
    scope.variables.set(name, value === undefined ? undefined : [field(value)]);
  return scope;
}

interface Here {
  readonly scope: Scope;
  readonly via: readonly string[];
  readonly stdin: Stream;
  /** Functions being called, to see one that calls itself. */
  readonly calls: readonly string[];
}

class Walk implements Walker {
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
      substitute: (script, input) =>
        this.inner({ via: "$( )", ...(input === undefined ? {} : { stdin: input }) }).script(
          script,
        ),
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
        return node.commands.map((one) => this.#node(one)).reduce(joined, SILENT);
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
        this.#endless(node);
        return this.#branch(node.body);
      case "For":
      case "Select":
        return this.#loop(node.name.value, node.wordlist, node.body);
      case "ArithmeticFor":
        this.#commandsIn(node);
        return this.#branch(node.body);
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
  #branch(body: Runnable): Stream {
    const scope = this.scope.fork();
    const out = this.#with({ scope }).#node(body);
    this.scope.merge(scope);
    return out;
  }

  #loop(name: string, words: readonly Word[] | undefined, body: Runnable): Stream {
    const fields =
      words === undefined ? this.scope.positional : expandWords(words, this.expander());
    const rounds = fields === undefined || fields.length > MAX_ROUNDS ? [field(HOLE)] : fields;
    return rounds
      .map((value) => {
        const scope = this.scope.fork();
        scope.variables.set(name, [value]);
        const out = this.#with({ scope }).#node(body);
        this.scope.merge(scope);
        return out;
      })
      .reduce(joined, SILENT);
  }

  /** `while true; do … & done` never stops starting processes. */
  #endless(node: Extract<SyntaxNode, { type: "While" }>): void {
    const [first] = node.clause.commands;
    const clause = first?.command;
    const forever = clause?.type === "Command" && /^(true|:)$/.test(clause.name?.value ?? "");
    const spawns = node.body.commands.some((one) => one.background === true);
    if (forever && spawns && node.kind === "while")
      this.add(this.#bare([{ deed: "fork-bomb", note: "an endless loop that starts processes" }]));
    const idle = node.body.commands.every(
      (one) => one.command.type === "Command" && one.command.name?.value === ":",
    );
    if (forever && idle && this.via.some((each) => /xargs|parallel/.test(each)))
      this.add(this.#bare([{ deed: "fork-bomb", note: "endless loops, started again and again" }]));
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
  #redirects(redirects: readonly Redirection[]): {
    stdin: Stream | undefined;
    outputs: Field[];
    facts: Fact[];
  } {
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

  /** What reading a file gives: what this text wrote there, or a file's own content. */
  readFile(path: string): Stream {
    return this.scope.made.files.get(path) ?? FROM_FILE;
  }

  #command(node: Command): Stream {
    if (!this.mayGoOn()) return UNKNOWN;
    const by = this.expander();
    const assigned = new Map<string, readonly Field[]>();
    for (const one of node.prefix) {
      if (one.type === "Assignment") assigned.set(one.name, this.#values(one, by));
    }
    const redirected = this.#redirects(node.redirects);
    const facts = [...redirected.facts];
    for (const [name, value] of assigned)
      facts.push(...judgeVariable(name, value[0] ?? field(""), this));
    if (node.name === undefined)
      return this.#nameless(node, { facts, assigned, outputs: redirected.outputs });
    const argv = [
      ...expandWord(node.name, by),
      ...node.args.flatMap((one) => this.#argument(one, by)),
    ];
    const inner = redirected.stdin === undefined ? this : this.#with({ stdin: redirected.stdin });
    const out = invoke(inner, { argv, facts, assigned });
    if (out.origin === "literal" && out.text === "")
      this.#empties(node.redirects, redirected.outputs);
    return this.#into(redirected.outputs, out);
  }

  /** Nothing is printed over what was there. */
  #empties(redirects: readonly Redirection[], outputs: readonly Field[]): void {
    if (!redirects.some((one) => one.type === "Redirect" && /^(>|>\||&>)$/.test(one.operator)))
      return;
    const facts = outputs.flatMap((each) => truncates.fact(each, this.scope, this.place) ?? []);
    if (facts.length > 0) this.add(this.#bare(facts));
  }

  /** `A=1` and `> file`. */
  #nameless(
    node: Command,
    found: {
      facts: Fact[];
      assigned: ReadonlyMap<string, readonly Field[]>;
      outputs: readonly Field[];
    },
  ): Stream {
    const { facts, assigned, outputs } = found;
    for (const one of node.prefix)
      if (one.type === "Assignment") this.#store(one, assigned.get(one.name) ?? []);
    for (const each of outputs) {
      const emptied = truncates.fact(each, this.scope, this.place);
      if (emptied !== undefined) facts.push(emptied);
      this.wrote(each, SILENT);
    }
    if (facts.length > 0) this.add(this.#bare(facts));
    return SILENT;
  }

  #argument(one: Word | Assignment, by: Expander): Field[] {
    if (one.type === "Word") return expandWord(one, by);
    const value = this.#values(one, by)[0] ?? field("");
    return [{ ...value, text: `${one.name}${one.append === true ? "+" : ""}=${value.text}` }];
  }

  #values(one: Assignment, by: Expander): Field[] {
    if (one.index !== undefined) this.#index(one.index, by);
    return one.value.type === "Word"
      ? [expandValue(one.value, by)]
      : expandWords(one.value.elements, by);
  }

  #index(index: Word, by: Expander): void {
    expandWord(index, by);
    for (const text of index.value.match(/\$\([^(].*\)|`[^`]*`/g) ?? [])
      by.substitute(parseShell(`: ${text}`).script);
  }

  #store(one: Assignment, values: readonly Field[]): void {
    const held = this.scope.variables.get(one.name);
    if (one.index !== undefined || (one.append === true && held === undefined)) {
      this.scope.variables.set(one.name, undefined);
      return;
    }
    const whole =
      one.append !== true ? values : append(held ?? [], values, one.value.type === "Word");
    this.scope.variables.set(one.name, whole);
  }
}

/** A function that pipes into itself, or leaves itself running and calls itself. */
function spawnsItself(name: string, body: SyntaxNode): boolean {
  let found = false;
  const isSelf = (node: SyntaxNode): boolean =>
    node.type === "Command" && node.name?.value === name;
  everyNode(body, (node) => {
    if (node.type === "Pipeline" && node.commands.length > 1) found ||= node.commands.some(isSelf);
    if (node.type === "Statement" && node.background === true) found ||= isSelf(node.command);
  });
  return found;
}

function append(held: readonly Field[], more: readonly Field[], asText: boolean): Field[] {
  if (!asText) return [...held, ...more];
  return [join([held[0] ?? field(""), more[0] ?? field("")], "")];
}
