/** npm, pnpm, yarn and bun: scripts, packages, and what npx and its kin run. */
import type { Call } from "../call.ts";
import { type Field, field, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { deploys, dropsData } from "./grammar.ts";

const NODE_READS =
  /^(ls|list|la|ll|view|info|show|search|outdated|audit|why|explain|config (get|list|ls)|root|prefix|bin|help|ping|whoami|doctor|fund|query|licenses|cache (verify|ls|list)|pkg get|owner ls|access (list|get)|dist-tag (ls|list)|profile get|token list|team ls|org ls|docs|home|repo|bugs|diff|sbom|completion|npm-version|workspaces (list|info)|constraints query|sort|version --json)( |$)/;

const NODE_PUBLISHES =
  /^(publish|unpublish|deprecate|undeprecate|dist-tag|owner|access|token|team|org|star|unstar|profile|hook|adduser|login|logout|stage|trust|npm publish|npm tag|npm (login|logout)|npm audit signatures-x|changeset publish|lerna publish)( |$)/;

const NODE_VALUED = [
  "-C",
  "--prefix",
  "--dir",
  "--cwd",
  "-w",
  "--workspace",
  "--filter",
  "-F",
  "--registry",
  "--loglevel",
  "--userconfig",
  "--script-shell",
  "-c",
  "--call",
  "--depth",
  "--tag",
  "--otp",
  "--package",
  "-p",
];

export function node(call: Call): Stream {
  const leading = readOptions(call.args, {
    leading: true,
    valued: NODE_VALUED.filter((one) => one !== "-p"),
  });
  const read = readOptions(call.args, { valued: NODE_VALUED });
  const operands = leading.operands.filter((one) => !one.text.startsWith("-"));
  const words = operands
    .slice(0, 3)
    .map((one) => one.text)
    .join(" ");
  const [verb, second] = operands;
  const name = verb?.text ?? "";
  const shell = read.value("--script-shell");
  if (shell !== undefined) {
    call.report("run-hook", "runs scripts with another shell");
    call.runText(shell, { via: `${call.name} --script-shell` });
  }
  if (/^(exec|x|dlx|create|init)$/.test(name) && (name !== "init" || second !== undefined))
    return executeWords(call, name, read);
  if (read.has("-c", "--call") && name === "") return executeWords(call, "exec", read);
  ownScripts(call);
  if (call.name === "bun" && runsFile(call, name === "run" ? operands.slice(1) : operands))
    return UNKNOWN;
  if (/^(run|run-script|rum|urn)$/.test(name)) return runScript(call, second);
  call.report(deedOf(call, name, words, read), `${call.name} ${words}`.trim());
  if (/^((config|c) (set|delete|rm|edit|fix)|set(?! version))( |$)/.test(words))
    call.report("write-startup", `${call.name} config changes settings`);
  if (name === "pkg" && second?.text === "set") packageSet(call, operands.slice(2));
  if (
    call.name === "bun" &&
    (name === "-e" || name === "-p" || read.has("-e", "--eval", "-p", "--print"))
  )
    bunCode(call);
  return UNKNOWN;
}

/** The scripts of a package.json that this very text wrote. */
function ownScripts(call: Call): void {
  const { text } = call.scope.made.files.get(call.target(field("package.json")).path) ?? {};
  for (const [, script = ""] of text?.matchAll(/"[\w:.-]+"\s*:\s*"((?:[^"\\]|\\.)*)"/g) ?? [])
    if (/\s/.test(script))
      call.runText(field(script.replace(/\\(.)/g, "$1")), { via: `${call.name} run` });
}

/** `bun x.ts` is what `node x.ts` is. */
function runsFile(call: Call, operands: readonly Field[]): boolean {
  const [script] = operands;
  const given = script?.text === "-" || /\.[cm]?[jt]sx?$/.test(script?.text ?? "");
  if (!given && (script !== undefined || call.stdin.origin === "none")) return false;
  if (script === undefined && call.args.length > 0) return false;
  call.run([field("node"), ...operands], { via: "bun" });
  return true;
}

function bunCode(call: Call): void {
  const at = call.args.findIndex((arg) => /^(-e|--eval|-p|--print)$/.test(arg.text));
  call.run([field("node"), ...call.args.slice(at)], { via: "bun" });
}

function deedOf(
  call: Call,
  name: string,
  words: string,
  read: ReturnType<typeof readOptions>,
): "read" | "build" | "publish" | "system-packages" | "infra-change" | "run-downloaded" {
  if (name === "" || NODE_READS.test(words)) return "read";
  if (NODE_PUBLISHES.test(words) || /(^| )npm publish/.test(words))
    return read.has("--dry-run") ? "read" : "publish";
  if (name === "deploy" && call.name === "pnpm") return "infra-change";
  const wide = read.has("-g", "--global") || name === "global" || read.has("--location");
  if (
    wide &&
    /^(i|in|install|add|ci|rm|remove|uninstall|un|r|update|up|upgrade|link|global)$/.test(name)
  )
    return "system-packages";
  const adds = /^(i|in|install|add)$/.test(name);
  if (adds && read.operands.slice(1).some((one) => /^https?:(?!.*\.git(#|$))/.test(one.text)))
    return "run-downloaded";
  if (adds && read.operands.slice(1).some((one) => /^(https?:|git\+|git:|ssh:)/.test(one.text)))
    return "system-packages";
  if (/^(self-update|set version|upgrade)$/.test(words) && call.name !== "yarn") return "build";
  // yarn and pnpm run a script by its bare name.
  if (
    (call.name === "yarn" || call.name === "pnpm" || call.name === "bun") &&
    deploys(name) &&
    !read.has("--dry-run")
  )
    return "infra-change";
  return "build";
}

function runScript(call: Call, script: Field | undefined): Stream {
  if (script === undefined) call.report("read", "lists scripts");
  else if (!isKnown(script)) call.report("run-unresolved", "which script runs is known only then");
  else if (deploys(script.text) && !call.args.some((arg) => /^--?(dry-run|check)$/.test(arg.text)))
    call.report("infra-change", `runs the script ${script.text}`);
  else if (dropsData(script.text)) call.report("database-change", `runs the script ${script.text}`);
  else call.report("build", `runs the script ${script.text}`);
  return UNKNOWN;
}

/** `npm exec`, `yarn dlx`: what follows is a command. */
function executeWords(call: Call, verb: string, read: ReturnType<typeof readOptions>): Stream {
  const at = call.args.findIndex((arg) => arg.text === verb);
  if (verb === "create" || verb === "init") {
    call.report("build", `${call.name} ${verb}`);
    return UNKNOWN;
  }
  const [first] = call.args.slice(at + 1);
  const text = at < 0 || first?.text.startsWith("-") ? read.value("-c", "--call") : undefined;
  if (text !== undefined) return call.runText(text, { via: `${call.name} ${verb}` });
  return execute({ ...call, args: call.args.slice(at + 1) });
}

export function execute(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-p", "--package", "-c", "--call", "--from", "--with", "--python"],
  });
  call.report("shell-state", `${call.name} runs a package's program`);
  const text = read.value("-c", "--call");
  if (text !== undefined) return call.runText(text, { via: call.name });
  const [program, ...rest] = read.operands;
  if (program === undefined) {
    call.report("read", `${call.name} tells about itself`);
    return UNKNOWN;
  }
  if (/^(https?:|git\+|github:|git@)/.test(program.text)) {
    call.report("run-downloaded", `runs ${program.text}`);
    return UNKNOWN;
  }
  // `@scope/name@1.2` and `name@latest` are the program `name`.
  const bare = program.text.replace(/(.)@[^/@]*$/, "$1").replace(/^@[^/]+\//, "");
  return call.run([{ ...program, text: bare }, ...rest], { via: call.name });
}

function packageSet(call: Call, pairs: readonly Field[]): void {
  for (const pair of pairs) {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(pair.text) ?? [];
    if (name.startsWith("scripts.")) call.runText({ ...pair, text: value }, { via: `npm ${name}` });
  }
}
