/**
 * Languages with code on the command line or on their input. No parser for each of them: calls that start
 * programs, delete, connect or evaluate are looked for, and their literal texts are judged as what they are.
 */
import type { Call, Judge } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Field, field, isKnown, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { deployment } from "../shells.ts";
import { dataCode, judgeCode } from "./code.ts";
import { debuggerOf, editor, lineEditor } from "./editors.ts";
import { frameworkTask } from "./frameworks.ts";
import { LANGUAGES, type Language } from "./languages.ts";
import { tasks } from "./tasks.ts";
import { awk, factArgs, sed } from "./text-programs.ts";

export const interpreters = new Map<string, Judge>([
  ...Object.entries(LANGUAGES).map(([name, language]): [string, Judge] => [
    name,
    (call) => interpret(call, language),
  ]),
  ["deno", deno],
  ["awk", awk],
  ["gawk", awk],
  ["mawk", awk],
  ["nawk", awk],
  ["sed", sed],
  ["gsed", sed],
  ...["nano", "micro", "helix", "hx", "kak", "joe", "pico", "emacsclient", "gvim", "mvim"].map(
    (name): [string, Judge] => [name, editor],
  ),
  ["vim", editor],
  ["vi", editor],
  ["nvim", editor],
  ["ex", editor],
  ["ed", lineEditor],
  ["dc", lineEditor],
  ["gdb", debuggerOf],
  ["lldb", debuggerOf],
  ["expect", (call) => interpret(call, { code: ["-c"], valued: ["-c"] })],
  ["iex", powershell],
  ["iwr", powershell],
]);

function interpret(call: Call, language: Language): Stream {
  const base = call.name;
  const read = readOptions(call.args, {
    valued: language.valued,
    leading: true,
    oneDash: language.valued.some((each) => /^-[a-z]{3,}/i.test(each)),
  });
  for (const file of read.values(
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
  ))
    loadedFile(call, file);
  const code = language.code.flatMap((name) => read.values(name));
  for (const one of code) judgeCode(call, one);
  if (/pwsh|powershell/.test(base) && read.has("-EncodedCommand", "-enc", "-e"))
    call.report("run-obfuscated", "an encoded command");
  if (code.length > 0) {
    inputFiles(call, read);
    return outputOf(call, code);
  }
  return runFile(call, read.operands, read.has("-m") ? read.value("-m") : undefined);
}

/** `perl -pi -e … FILE`: what a one-liner reads, and with `-i` changes. */
function inputFiles(call: Call, read: ReturnType<typeof readOptions>): void {
  if (!/^(perl|ruby)$/.test(call.name)) return;
  const inPlace = call.args.some((arg) => /^-[a-df-zA-Z0-9]*i/.test(arg.text));
  for (const file of read.operands) {
    const to = call.target(file);
    call.report(...factArgs(inPlace ? writing(to) : reading(to)));
  }
}

function runFile(call: Call, operands: readonly Field[], module: Field | undefined): Stream {
  const base = call.name;
  if (module !== undefined) return runModule(call, module, operands);
  const [script] = operands;
  if (script === undefined || script.text === "-") {
    if (call.stdin.origin === "none") {
      call.report(call.args.length === 0 ? "run-unresolved" : "read", `${base} without a script`);
      return UNKNOWN;
    }
    return runInput(call, call.stdin);
  }
  if (script.stream !== undefined) return runInput(call, script.stream);
  if (!isKnown(script)) {
    call.report("run-unresolved", `${base} runs a script that is not known`);
    return UNKNOWN;
  }
  if (dataCode(call, script)) return UNKNOWN;
  const to = call.target(script);
  if (to.path === "/dev/stdin") return runInput(call, call.stdin);
  const made = call.scope.madeAt(to.path);
  if (made !== undefined) return runInput(call, made);
  if (
    base === "bun" ||
    base === "swift" ||
    base === "nodejs" ||
    to.area === "workspace" ||
    to.area === "regenerable" ||
    to.area === "scratch"
  )
    call.report(deployment(to.path) ?? "build", `runs ${to.path}`, to.path);
  else call.report("run-unresolved", `runs ${to.path}`, to.path);
  for (const arg of operands.slice(1)) lookAt(call, arg);
  frameworkTask(call, script.text, operands);
  return UNKNOWN;
}

function lookAt(call: Call, arg: Field): void {
  if (!/[/~]|^\./.test(arg.text)) return;
  const to = call.target(arg);
  if (to.secret) call.report("read-secret", `is given ${to.path}`, to.path);
}

/** `python -m x` is the program x. */
function runModule(call: Call, module: Field, operands: readonly Field[]): Stream {
  const name = module.text;
  if (name === "timeit")
    for (const one of readOptions(operands, { valued: ["-n", "-r", "-s", "-u"] }).operands)
      judgeCode(call, one);
  if (
    name === "http.server" ||
    name === "json.tool" ||
    name === "venv" ||
    name === "timeit" ||
    name === "site" ||
    name === "this"
  ) {
    call.report("build", `${call.name} -m ${name}`);
    return UNKNOWN;
  }
  return call.run([field(name), ...operands], { via: `${call.name} -m` });
}

function runInput(call: Call, stream: Stream): Stream {
  if (stream.origin === "remote")
    call.report("run-downloaded", `${call.name} runs code from the network`);
  else if (stream.text !== undefined) judgeCode(call, field(stream.text));
  else if (stream.origin === "literal")
    call.report("run-obfuscated", `${call.name} runs code that was hidden`);
  else call.report("run-unresolved", `${call.name} runs code that is not known`);
  return UNKNOWN;
}

function loadedFile(call: Call, file: Field): void {
  if (dataCode(call, file)) return;
  const to = call.target(file);
  const inside =
    to.area === "workspace" || to.area === "regenerable" || !/[./]/.test(file.text.slice(0, 1));
  if (!inside) call.report("run-hook", `loads ${file.text}`);
}

/** A program whose text is known prints text that is known in principle: hidden, when a shell reads it. */
function outputOf(call: Call, code: readonly Field[]): Stream {
  const secret = call.stdin.secret || code.some((one) => one.secret);
  return { origin: call.stdin.origin === "none" ? "literal" : call.stdin.origin, secret };
}

function deno(call: Call): Stream {
  const [sub, ...rest] = call.args;
  if (sub?.text === "eval" || sub?.text === "repl") {
    const read = readOptions(rest, {});
    for (const one of read.operands) judgeCode(call, one);
    return UNKNOWN;
  }
  for (const arg of rest) dataCode(call, arg);
  const url = rest.find((arg) => /^https?:\/\//.test(arg.text));
  if (url !== undefined && sub?.text !== "cache") call.report("run-downloaded", `runs ${url.text}`);
  if (sub?.text === "install" && rest.some((arg) => /^-g|--global/.test(arg.text)))
    call.report("system-packages", "installs a program");
  if (sub?.text === "task") tasks({ ...call, args: rest });
  if (sub?.text === "publish") call.report("publish", "publishes a package");
  if (sub?.text === "deploy") call.report("infra-change", "deploys");
  call.report("build", `deno ${sub?.text ?? ""}`);
  return UNKNOWN;
}

export function powershell(call: Call): Stream {
  if (call.name === "iwr") {
    call.report("network-read", "fetches from the network");
    return { origin: "remote", secret: false };
  }
  // Elixir's shell has the name of PowerShell's Invoke-Expression.
  if (
    call.args.length === 0 ||
    /^(-S|--sname|--name|--version|-r)$|\.exs?$/.test(wordAt(call.args, 0))
  ) {
    call.report("build", "Elixir's shell");
    return UNKNOWN;
  }
  const remote = call.args.some((arg) => arg.remote) || call.stdin.origin === "remote";
  call.report(remote ? "run-downloaded" : "run-unresolved", "evaluates a text");
  return UNKNOWN;
}
