/** One command: finds out which program it is, takes wrappers off, and has it judged. */

import { builtins } from "./builtins.ts";
import type { Call, Walker } from "./call.ts";
import type { Action, Fact } from "./facts.ts";
import { type Field, field, HOLE, isKnown, literal, type Stream, UNKNOWN } from "./field.ts";
import { baseOf } from "./known-paths.ts";
import { touchOnGuard } from "./own.ts";
import { judgeOther, type Program } from "./own-program.ts";
import { GUARD_VALUE } from "./parameters.ts";
import { resolve, target } from "./paths.ts";
import { judgeOf, wordsOf } from "./programs/index.ts";
import { judgeVariable } from "./redirects.ts";
import { runShellStream, runShellText } from "./shells.ts";
import { unknownProgram } from "./unknown-program.ts";

export interface Invocation {
  readonly argv: readonly Field[];
  /** From its redirects and assignments. */
  readonly facts: readonly Fact[];
  readonly assigned?: ReadonlyMap<string, readonly Field[]>;
}

export function invoke(walk: Walker, invocation: Invocation): Stream {
  const [head, ...args] = invocation.argv;
  const facts: Fact[] = [...invocation.facts];
  if (head === undefined) {
    if (facts.length > 0) walk.add(actionOf(walk, invocation.argv, facts, invocation));
    return UNKNOWN;
  }
  const found = programOf(walk, head);
  if (found.kind === "function") {
    if (facts.length > 0) walk.add(actionOf(walk, invocation.argv, facts, invocation));
    return callFunction(walk, found.name, args);
  }
  if (found.kind === "alias") {
    return walk
      .inner({ via: `alias ${head.text}`, scope: walk.scope })
      .text([found.text, ...args.map((arg) => quote(arg.text))].join(" "));
  }
  const name = found.kind === "program" ? found.name : head.text;
  const call = makeCall(walk, { name, args, facts });
  const stream = found.kind === "program" ? judge(walk, call, facts) : judgeOther(found, call);
  walk.add(actionOf(walk, [field(name), ...args], facts, invocation));
  return tainted(stream, facts, call);
}

const TRUSTED = /^\/+(usr\/+(local\/+)?)?s?bin\/+|^\/opt\/homebrew\/bin\/|^\/usr\/lib\/git-core\//;

function programOf(walk: Walker, head: Field): Program {
  const { text } = head;
  if (!isKnown(head) || text === "") return { kind: "dynamic" };
  if (head.glob) return { kind: "dynamic" };
  if (walk.scope.functions.has(text) && !walk.calls.includes(text))
    return { kind: "function", name: text };
  const alias = walk.scope.aliases.get(text);
  if (alias !== undefined && !walk.via.includes(`alias ${text}`))
    return { kind: "alias", text: alias };
  if (!text.includes("/")) return { kind: "program", name: text };
  const trusted = text.replace(/\/{2,}/g, "/");
  if (TRUSTED.test(trusted)) return { kind: "program", name: baseOf(trusted) };
  const path = resolve(head, walk.scope, walk.place);
  if (path === undefined) return { kind: "dynamic" };
  if (TRUSTED.test(path)) return { kind: "program", name: baseOf(path) };
  const { area } = target(head, walk.scope, walk.place);
  const inside = area === "workspace" || area === "regenerable";
  if (
    inside &&
    /\/(node_modules\/\.bin|\.venv\/bin|venv\/bin|vendor\/bin|\.yarn\/releases)\/[^/]+$/.test(path)
  )
    return { kind: "program", name: baseOf(path) };
  return inside ? { kind: "own", path } : { kind: "elsewhere", path };
}

/** These do nothing to what their words name. */
const LOOKS_AT =
  /^(ls|stat|file|cat|head|tail|wc|grep|rg|jq|tr|cut|basename|dirname|realpath|readlink|man|which|ps|conductor|agent-conductor)$/;

function judge(walk: Walker, call: Call, facts: Fact[]): Stream {
  const touch = touchOnGuard(call);
  if (touch !== undefined) facts.push({ deed: "guard-tamper", note: touch });
  const builtin = builtins.get(call.name);
  if (builtin !== undefined) return builtin(call, walk) ?? UNKNOWN;
  if (activates(call)) {
    facts.push({ deed: "read", note: `${call.name} prints settings for the shell` });
    return literal("");
  }
  const judged = judgeOf(call.name);
  if (judged !== undefined) {
    const stream = judged(call) ?? UNKNOWN;
    if (call.args.some((arg) => arg.text === GUARD_VALUE) && !LOOKS_AT.test(call.name))
      facts.push({ deed: "guard-tamper", note: `${call.name} is pointed at the guard` });
    if (facts.length === 0) facts.push({ deed: "shell-state", note: `${call.name} by itself` });
    return stream;
  }
  unknownProgram(call, facts, walk.via.at(-1) ?? "");
  return { ...UNKNOWN, secret: call.stdin.secret };
}

/** Text of a tool's own that a shell is meant to evaluate: `eval "$(direnv hook bash)"`. */
const ACTIVATES =
  /^((direnv|conda|mamba|micromamba) (hook|shell\S*)( hook)?|(pyenv|rbenv|nodenv|goenv|jenv|plenv|phpenv|tfenv|starship|zoxide|atuin|oh-my-posh|navi|mcfly)( virtualenv-init| init)|(fnm|opam|opam config|vfox) env|(mise|rtx) (activate|env|hook-env)|brew shellenv|ssh-agent|gpg-agent --daemon|keychain|dircolors|lesspipe|luarocks path|thefuck --alias|minikube docker-env|docker-machine env|register-python-argcomplete \S+|[\w-]+ completions?|[\w-]+ (--completion|shell-completion|generate-shell-completion))( |$)/;

function activates(call: Call): boolean {
  if (call.args.length > 4 || !call.args.every(isKnown)) return false;
  return ACTIVATES.test([call.name, ...call.args.map((arg) => arg.text)].join(" "));
}

function callFunction(walk: Walker, name: string, args: readonly Field[]): Stream {
  const body = walk.scope.functions.get(name);
  return body === undefined || !walk.mayGoOn() ? UNKNOWN : walk.call(name, body, args);
}

function makeCall(walk: Walker, of: { name: string; args: readonly Field[]; facts: Fact[] }): Call {
  const call: Call = {
    name: of.name,
    args: of.args,
    stdin: walk.stdin,
    scope: walk.scope,
    place: walk.place,
    report: (deed, note, path) => {
      of.facts.push({ deed, note, ...(path === undefined ? {} : { path }) });
    },
    target: (each) => target(each, walk.scope, walk.place),
    run: (argv, how) => (walk.mayGoOn() ? invoke(walk.inner(how), { argv, facts: [] }) : UNKNOWN),
    sight: (argv, via) =>
      walk
        .aside((aside) => aside.mayGoOn() && invoke(aside.inner({ via }), { argv, facts: [] }))
        .flatMap(({ facts }) => facts),
    runText: (text, how) => runShellText(call, walk.inner(how), text),
    runStream: (stream, how) => runShellStream(call, stream, how.via, walk.inner(how)),
    variable: (name, value) => of.facts.push(...judgeVariable(name, value, walk)),
    walkInner: (how) => walk.inner(how),
  };
  return call;
}

function actionOf(
  walk: Walker,
  argv: readonly Field[],
  facts: readonly Fact[],
  from: Pick<Invocation, "facts">,
): Action {
  const texts = argv.map((each) => each.text.replaceAll(HOLE, "…"));
  return {
    argv: texts,
    words: wordsOf(texts),
    via: walk.via,
    cwd: walk.scope.cwd ?? null,
    dynamic: argv.some((each) => !isKnown(each)),
    redirects: from.facts.flatMap(({ deed, path }) => (deed !== "read" && path ? [path] : [])),
    facts: facts.map(shownFact),
  };
}

/** A hole is for us to find; a person reads dots. */
function shownFact(fact: Fact): Fact {
  return fact.note.includes(HOLE) ? { ...fact, note: fact.note.replaceAll(HOLE, "…") } : fact;
}

/** What reads credentials prints credentials. */
function tainted(stream: Stream, facts: readonly Fact[], call: Call): Stream {
  const secret =
    stream.secret ||
    facts.some((fact) => fact.deed === "read-secret") ||
    call.args.some((arg) => arg.secret);
  return secret === stream.secret ? stream : { ...stream, secret };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
