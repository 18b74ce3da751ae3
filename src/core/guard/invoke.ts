/** One command: finds out which program it is, takes wrappers off, and has it judged. */
import { assertNever } from "../../base/errors.ts";
import { builtins } from "./builtins.ts";
import type { Call, Walker } from "./call.ts";
import type { Action, Fact } from "./facts.ts";
import { type Field, field, HOLE, isKnown, literal, type Stream, UNKNOWN } from "./field.ts";
import { touchOnGuard } from "./own.ts";
import { GUARD_VALUE } from "./parameters.ts";
import { resolve, target } from "./paths.ts";
import { mayBeCommand } from "./programs/command-names.ts";
import { deploys, dropsData, meaningOf } from "./programs/grammar.ts";
import { judgeOf, wordsOf } from "./programs/index.ts";
import { judgeVariable } from "./redirects.ts";
import { deployment, runShellStream, runShellText } from "./shells.ts";

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

type Program =
  | { readonly kind: "program"; readonly name: string }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "alias"; readonly text: string }
  /** A file of the workspace that is run. */
  | { readonly kind: "own"; readonly path: string }
  | { readonly kind: "elsewhere"; readonly path: string }
  | { readonly kind: "dynamic" };

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
  if (TRUSTED.test(trusted)) return { kind: "program", name: trusted.replace(/^.*\//, "") };
  const path = resolve(head, walk.scope, walk.place);
  if (path === undefined) return { kind: "dynamic" };
  if (TRUSTED.test(path)) return { kind: "program", name: path.replace(/^.*\//, "") };
  const { area } = target(head, walk.scope, walk.place);
  const inside = area === "workspace" || area === "regenerable";
  if (
    inside &&
    /\/(node_modules\/\.bin|\.venv\/bin|venv\/bin|vendor\/bin|\.yarn\/releases)\/[^/]+$/.test(path)
  )
    return { kind: "program", name: path.replace(/^.*\//, "") };
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

/** They fetch a package and run the program of its name: as much of the project as what `install` brings. */
const FROM_PACKAGES = /^(npx|bunx|pnpx|dlx|uvx|pipx|npm|pnpm|yarn|bun|cnpm)$/;

/** A wrapper that nobody has heard of still hands its last words on: they are judged too. */
function unknownProgram(call: Call, facts: Fact[], via: string): void {
  if (asksForHelp(call.args)) {
    facts.push({ deed: "read", note: `${call.name} tells about itself` });
    return;
  }
  const at = call.args.findIndex((arg) => mayBeCommand(baseOf(arg.text)));
  if (at >= 0) call.run(call.args.slice(at), { via: call.name });
  for (const arg of call.args)
    if (/^\w+=?\S* \S/.test(arg.text) && mayBeCommand(baseOf(arg.text.split(" ")[0] ?? "")))
      call.runText(arg, { via: call.name });
  if (at < 0 && call.args.every(isKnown)) ordinary(call, facts, FROM_PACKAGES.test(via));
  for (const arg of call.args) {
    if (/^[~/.]|\//.test(arg.text)) {
      const to = call.target(arg);
      if (to.secret) facts.push({ deed: "read-secret", note: `${call.name} is given ${to.path}` });
      if (to.guarded)
        facts.push({ deed: "guard-tamper", note: `${call.name} is given ${to.path}` });
    }
  }
}

/** Options that turn looking or building into something else. */
const NOT_ORDINARY =
  /^--?(force|delete|destroy|purge|prune|prod|production|publish|deploy|push|upload|release|overwrite|yes-really|privileged|exec|command|eval)(=|$)/;

/** What every tool calls building, testing and showing: nobody needs to know the tool for that. */
function ordinary(call: Call, facts: Fact[], packaged: boolean): void {
  const words = call.args.map((arg) => arg.text);
  const operands = words.filter((word) => !word.startsWith("-"));
  const meaning = meaningOf(operands);
  if (meaning === "credentials")
    facts.push({ deed: "read-secret", note: `${call.name} ${operands.join(" ")}` });
  if (meaning === "sends" || (meaning !== "looks" && operands.some(deploys)))
    facts.push({ deed: "publish", note: `${call.name} ${operands.join(" ")}` });
  if (meaning === "destroys" || operands.some(dropsData))
    facts.push({ deed: "infra-change", note: `${call.name} ${operands.join(" ")}` });
  if (facts.length > 0 || words.some((word) => NOT_ORDINARY.test(word))) return;
  const looks =
    meaning === "looks" || /^--(check|lint|lint-only|list|dry-run)$/.test(words[0] ?? "");
  if (!looks && meaning !== "works" && !packaged) return;
  const far = call.args.some((arg) => reachesFar(call, arg));
  if (far && !looks) return;
  facts.push({ deed: "build", note: `${call.name} ${operands[0] ?? ""}`.trim() });
}

function reachesFar(call: Call, arg: Field): boolean {
  const [, value = arg.text] = /^--?[\w-]+=(.*)$/s.exec(arg.text) ?? [];
  if (!/^[~/]|^\.\.(\/|$)/.test(value)) return false;
  const { area } = call.target({ ...arg, text: value });
  return area === "outside" || area === "system" || area === "device" || area === "unresolved";
}

function baseOf(text: string): string {
  return text.replace(/^.*\//, "");
}

const HELP = /^(--help|--version|-V|-h|help|version|--usage)$/;

function asksForHelp(args: readonly Field[]): boolean {
  return args.length > 0 && args.length <= 2 && HELP.test(args.at(-1)?.text ?? "");
}

type Other = Extract<Program, { kind: "own" | "elsewhere" | "dynamic" }>;

function judgeOther(program: Other, call: Call): Stream {
  switch (program.kind) {
    case "own":
      return runOwn(call, program.path);
    case "elsewhere":
      return runElsewhere(call, program.path);
    case "dynamic":
      return runDynamic(call);
    default:
      return assertNever(program);
  }
}

/** Runners that a project keeps in its own folder: their tasks are judged. */
const OWN_RUNNERS = new Set(["gradlew", "mvnw", "rails", "rake", "artisan"]);
const OTHERS_NAME =
  /^(sed|awk|cat|ls|grep|find|head|tail|sort|cut|tr|less|xargs|test|echo|python3?|node|npm|npx|make)$/;

/** A script of the workspace is the project's own code, unless this very text wrote or fetched it. */
function runOwn(call: Call, path: string): Stream {
  const made = call.scope.madeAt(path);
  if (made === undefined) {
    const name = baseOf(path);
    const judged = OWN_RUNNERS.has(name) ? judgeOf(name) : undefined;
    if (judged !== undefined) return judged({ ...call, name }) ?? UNKNOWN;
    // `./sed` and `bin/git` are not what their names say.
    if (mayBeCommand(name) || OTHERS_NAME.test(name))
      call.report("run-unresolved", `runs ${path}, which bears the name of a program`, path);
    else call.report(deployment(path) ?? "build", `runs ${path} of the workspace`, path);
    return UNKNOWN;
  }
  return runShellStream(call, made, path);
}

function runElsewhere(call: Call, path: string): Stream {
  const made = call.scope.madeAt(path);
  if (made !== undefined) return runShellStream(call, made, path);
  call.report("run-unresolved", `runs ${path}, which is no program of the system`, path);
  return UNKNOWN;
}

/** The program cannot be told; its arguments may still say what it is for. */
function runDynamic(call: Call): Stream {
  call.report("run-unresolved", "the program is known only when it runs");
  const flags = call.args.filter((arg) => arg.text.startsWith("-")).map((arg) => arg.text);
  if (
    flags.some(
      (flag) => /^-[a-zA-Z]*[rR]/.test(flag) || ("--recursive".startsWith(flag) && flag.length > 4),
    )
  )
    call.run([field("rm"), ...call.args], { via: "?" });
  return UNKNOWN;
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
