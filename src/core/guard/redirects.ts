/** Redirects and assignments of one command: what they read, write and make other programs run. */
import { reading, writing } from "./deeds.ts";
import type { Fact, Place } from "./facts.ts";
import { type Field, FROM_FILE, HOLE, isKnown, type Stream, UNKNOWN } from "./field.ts";
import { resolve, type Target, target } from "./paths.ts";
import type { Scope } from "./scope.ts";
import type { Redirect } from "./shell-ast.ts";

export interface RedirectFacts {
  readonly facts: readonly Fact[];
  readonly reads?: Stream;
  /** The command's output goes there. */
  readonly writes: boolean;
}

export function judgeRedirect(
  redirect: Redirect,
  where: Field,
  scope: Scope,
  place: Place,
): RedirectFacts {
  const { operator } = redirect;
  const isDescriptor = /^(\d+-?|-)$/.test(where.text);
  if ((operator === ">&" || operator === "<&") && isDescriptor) return { facts: [], writes: false };
  const to = target(where, scope, place);
  if (operator === "<" || operator === "<&") {
    return { facts: [reading(to)], reads: readsFrom(where, to, scope), writes: false };
  }
  if (operator === "<>") {
    return { facts: [reading(to), writing(to)], reads: UNKNOWN, writes: false };
  }
  const stdout = redirect.descriptor === undefined || valueOf(redirect) === 1;
  return { facts: [writing(to)], writes: stdout && to.area !== "nowhere" };
}

function valueOf(redirect: Redirect): number | undefined {
  return redirect.descriptor?.type === "FileDescriptor" ? redirect.descriptor.value : undefined;
}

function readsFrom(where: Field, to: Target, scope: Scope): Stream {
  if (where.stream !== undefined) return where.stream;
  if (to.path.startsWith("/dev/urandom") || to.path === "/dev/null") return FROM_FILE;
  const stream = scope.made.files.get(to.path) ?? FROM_FILE;
  return to.secret ? { ...stream, secret: true } : stream;
}

/** A redirect without a command truncates its file. */
export const truncates = {
  path: (file: Field, scope: Scope, place: Place): string | undefined => {
    const path = resolve(file, scope, place);
    return path?.includes(HOLE) === true ? undefined : path;
  },
  fact: (file: Field, scope: Scope, place: Place): Fact | undefined => {
    const to = target(file, scope, place);
    if (to.area !== "workspace" || to.guarded || to.startup) return undefined;
    return writing(to, { emptied: true });
  },
};

/** Variables that make other programs load or run something: an assignment is judged as what it does. */
const LOADS =
  /^(LD_(PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_\w+|PERL5(OPT|LIB|DB)|PERLLIB|PYTHON(STARTUP|PATH|HOME|INSPECT)|RUBY(OPT|LIB)|NODE_(PATH)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|ENV|SHELL|INPUTRC|TERMINFO|GCONV_PATH|LOCPATH|NIX_PATH|MAKEFLAGS|MAKEFILES|BASHOPTS|SHELLOPTS|CDPATH|GLOBIGNORE|FPATH|EDITOR_WRAPPER|npm_config_(userconfig|globalconfig|prefix|node_options|git|shell)|GIT_(DIR|WORK_TREE|CONFIG\w*|EXEC_PATH|TEMPLATE_DIR|PROXY_COMMAND|ALTERNATE_OBJECT_DIRECTORIES)|DOCKER_HOST|KUBECONFIG|SSH_AUTH_SOCK)$/;
/** Variables whose value is a command. */
const COMMANDS =
  /^(PROMPT_COMMAND|GIT_(EDITOR|PAGER|SSH|SSH_COMMAND|EXTERNAL_DIFF|ASKPASS|SEQUENCE_EDITOR)|PAGER|MANPAGER|EDITOR|VISUAL|BROWSER|npm_config_(script_shell|editor|viewer)|SSH_ASKPASS|SUDO_(EDITOR|ASKPASS)|RSYNC_RSH|CVS_RSH|SVN_(SSH|EDITOR)|TAR_OPTIONS|RUSTC_WRAPPER|CC|CXX|LD|AR|FCEDIT|HISTCONTROLCMD|MANROFFOPT|PYTHONBREAKPOINT|PERL_MM_OPT|FZF_DEFAULT_COMMAND|GREP_OPTIONS|LESSEDIT|LESSOPEN|LESSCLOSE)$/;
const HARMLESS_COMMAND =
  /^(cat|less|more|vi|vim|nvim|nano|emacs|code( --wait)?|true|:|echo|false|ssh|bash|sh|most|delta|bat|head|tail|gcc|g\+\+|clang|clang\+\+|cc|c\+\+|ccache( gcc| clang)?|sccache|ld|lld|ar|firefox|open|xdg-open|none|)( -[\w=-]+)*$/;
/** Folders where an interpreter finds modules. */
const SEARCHES = /^(PYTHONPATH|NODE_PATH|RUBYLIB|PERL5LIB|CLASSPATH)$/;
const GUARD_VARIABLE = /^(AGENT_CONDUCTOR|CONDUCTOR|BASH_ENV|ZDOTDIR|SHLVL)(_|$)/;
const BYPASS =
  /^(DCG|SHELLFIRM|CC_SAFETY_NET|SAFETY_NET|GUARD|HUSKY|LEFTHOOK|PRE_COMMIT)\w*(BYPASS|DISABLE|SKIP|OFF)\w*$|^(HUSKY|LEFTHOOK)$/;

interface Judging {
  readonly scope: Scope;
  readonly place: Place;
  inner(how: { via: string }): { text(text: string): Stream };
}

export function judgeVariable(name: string, value: Field, walk: Judging): Fact[] {
  if (GUARD_VARIABLE.test(name)) return [{ deed: "guard-tamper", note: `sets ${name}` }];
  if (BYPASS.test(name)) return [{ deed: "run-hook", note: `${name} switches a check off` }];
  if (name.startsWith("BASH_FUNC_")) return functionBody(name, value, walk);
  if (name === "NODE_OPTIONS" || name === "npm_config_node_options")
    return nodeOptions(name, value);
  if (name === "PATH") return searchPath(value, walk);
  if (/^PS[0-4]$/.test(name)) return promptIn(name, value, walk);
  if (COMMANDS.test(name)) return commandIn(name, value, walk);
  if (SEARCHES.test(name) && isOwnPath(value, walk)) return [];
  if (LOADS.test(name) && value.text !== "")
    return [{ deed: "run-hook", note: `${name} loads code` }];
  return [];
}

function functionBody(name: string, value: Field, walk: Judging): Fact[] {
  if (isKnown(value)) walk.inner({ via: name }).text(`f${value.text}`);
  return [{ deed: "run-hook", note: `${name} replaces a command` }];
}

function nodeOptions(name: string, value: Field): Fact[] {
  const loads =
    !isKnown(value) ||
    /(--require|-r\b|--import|--loader|--experimental-loader|--eval|--inspect)/.test(value.text);
  return loads ? [{ deed: "run-hook", note: `${name} loads code` }] : [];
}

/** Each entry is the project's own, or what the variable held before. */
function isOwnPath(value: Field, walk: Judging): boolean {
  return value.text.split(":").every((entry) => {
    if (entry === "" || entry === HOLE) return true;
    const { area } = target({ ...value, text: entry }, walk.scope, walk.place);
    return area === "workspace" || area === "workspace-root" || area === "regenerable";
  });
}

/** A folder that others, or this text, can write comes before the system's own. */
function searchPath(value: Field, walk: Judging): Fact[] {
  const entries = value.text.split(":").slice(0, -1);
  const bad = entries.some(
    (entry) => entry === "" || entry === "." || /^\/(tmp|var\/tmp|dev\/shm)(\/|$)/.test(entry),
  );
  const holes = value.text !== "" && !value.text.includes(HOLE) && entries.length === 0;
  if (
    bad ||
    (holes && target({ ...value, glob: false }, walk.scope, walk.place).area === "scratch") ||
    entries.some((entry) => entry === walk.place.workspace)
  )
    return [{ deed: "run-hook", note: "PATH finds programs in a folder that anyone can write" }];
  return [];
}

/** A prompt's substitutions are run each time it is shown. */
function promptIn(name: string, value: Field, walk: Judging): Fact[] {
  for (const [command] of value.text.matchAll(/\$\((?!\().*\)|`[^`]*`/gs))
    walk.inner({ via: name }).text(`: ${command}`);
  return [];
}

function commandIn(name: string, value: Field, walk: Judging): Fact[] {
  if (!isKnown(value))
    return [{ deed: "run-unresolved", note: `${name} is a command that is not known` }];
  if (HARMLESS_COMMAND.test(value.text.replace(/^(\/usr)?\/bin\//, ""))) return [];
  // less marks a filter by bars before it.
  walk.inner({ via: name }).text(value.text.replace(/^\|+-?/, ""));
  return [{ deed: "run-hook", note: `${name} is run as a command` }];
}
