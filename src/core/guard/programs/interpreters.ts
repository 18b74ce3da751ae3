/**
 * Languages with code on the command line or on their input. No parser for each of them: calls that start
 * programs, delete, connect or evaluate are looked for, and their literal texts are judged as what they are.
 */
import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { type Field, field, HOLE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { deployment } from "../shells.ts";
import { tasks } from "./tasks.ts";

interface Language {
  /** Options whose value is code. */
  readonly code: readonly string[];
  readonly valued: readonly string[];
  /** Options that load a file before. */
  readonly loads?: readonly string[];
}

const PYTHON: Language = { code: ["-c"], valued: ["-c", "-m", "-W", "-X", "-Q"] };
const NODE: Language = {
  code: ["-e", "--eval", "-p", "--print", "-pe"],
  valued: [
    "-e",
    "--eval",
    "-p",
    "--print",
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--env-file",
    "-C",
    "--conditions",
  ],
};
const PERL: Language = { code: ["-e", "-E"], valued: ["-e", "-E", "-I", "-M", "-m", "-x"] };
const RUBY: Language = { code: ["-e"], valued: ["-e", "-I", "-r", "-C"] };
const LANGUAGES: Readonly<Record<string, Language>> = {
  python: PYTHON,
  python2: PYTHON,
  python3: PYTHON,
  pypy: PYTHON,
  pypy3: PYTHON,
  ipython: PYTHON,
  node: NODE,
  nodejs: NODE,
  tsx: NODE,
  "ts-node": NODE,
  "ts-node-esm": NODE,
  "vite-node": NODE,
  "babel-node": NODE,
  "swc-node": NODE,
  zx: NODE,
  esno: NODE,
  jiti: NODE,
  tsimp: NODE,
  perl: PERL,
  ruby: RUBY,
  irb: RUBY,
  php: {
    code: ["-r", "-B", "-R", "-E"],
    valued: ["-r", "-d", "-c", "-f", "-B", "-R", "-E", "-S", "-t"],
  },
  lua: { code: ["-e"], valued: ["-e", "-l"] },
  luajit: { code: ["-e"], valued: ["-e", "-l"] },
  osascript: { code: ["-e"], valued: ["-e", "-l"] },
  Rscript: { code: ["-e"], valued: ["-e"] },
  R: { code: ["-e"], valued: ["-e"] },
  julia: { code: ["-e", "-E", "--eval"], valued: ["-e", "-E", "--eval"] },
  elixir: { code: ["-e", "--eval"], valued: ["-e", "--eval", "-r"] },
  erl: { code: ["-eval"], valued: ["-eval", "-s", "-pa", "-sname", "-name"] },
  ghc: { code: ["-e"], valued: ["-e"] },
  scala: { code: ["-e"], valued: ["-e"] },
  gnuplot: { code: ["-e"], valued: ["-e"] },
  groovy: { code: ["-e"], valued: ["-e"] },
  ocaml: { code: ["-e"], valued: ["-e", "-I"] },
  octave: { code: ["--eval"], valued: ["--eval"] },
  matlab: { code: ["-batch", "-r"], valued: ["-batch", "-r"] },
  ghci: { code: ["-e"], valued: ["-e"] },
  racket: { code: ["-e"], valued: ["-e"] },
  raku: { code: ["-e"], valued: ["-e"] },
  nu: { code: ["-c"], valued: ["-c"] },
  sage: { code: ["-c"], valued: ["-c"] },
  jshell: { code: [], valued: [] },
  tclsh: { code: [], valued: [] },
  pwsh: {
    code: ["-c", "-Command", "-command", "-EncodedCommand"],
    valued: ["-c", "-Command", "-command", "-File", "-EncodedCommand"],
  },
  powershell: {
    code: ["-c", "-Command", "-EncodedCommand"],
    valued: ["-c", "-Command", "-File", "-EncodedCommand"],
  },
  emacs: { code: ["--eval", "-eval"], valued: ["--eval", "-eval", "-l", "--load", "-f"] },
  guile: { code: ["-c"], valued: ["-c", "-l"] },
  sbcl: { code: ["--eval"], valued: ["--eval", "--load"] },
  clojure: { code: ["-e"], valued: ["-e"] },
  swift: { code: ["-e"], valued: ["-e"] },
};

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

/** Tasks of web frameworks that empty or drop a database. */
function frameworkTask(call: Call, script: string, operands: readonly Field[]): void {
  const task = operands[1]?.text ?? "";
  const last = operands.at(-1)?.text;
  if (
    /(^|\/)setup\.py$/.test(script) &&
    operands.some((one) => /^(upload|register)$/.test(one.text))
  )
    call.report("publish", `${script} ${task}`);
  const django =
    /(^|\/)manage\.py$/.test(script) &&
    (/^(flush|reset_db|sqlflush|dbshell)$/.test(task) || (task === "migrate" && last === "zero"));
  const laravel =
    /(^|\/)artisan$/.test(script) &&
    /^(migrate:(fresh|reset|refresh|rollback)|db:wipe)$/.test(task);
  if (django || laravel) call.report("database-change", `${script} ${task}`);
  if (/(^|\/)setup\.py$/.test(script) && operands.slice(1).some((one) => one.text === "install"))
    call.report("system-packages", `${script} installs into the machine's Python`);
  if (/(^|\/)(manage\.py|artisan)$/.test(script) && /^(shell(_plus)?|tinker)$/.test(task))
    frameworkCode(call, readOptions(operands.slice(2), { valued: FRAMEWORK_CODE }));
}

const FRAMEWORK_CODE = ["-c", "--command", "--execute", "-e", "--eval"];
/** Calls of object mappers that change what is stored. */
const CHANGES_DATA =
  /\b(delete(_all|_by|All|Many|One)?|destroy(_all|_by|All)?|drop(_\w+|Database|Collection|Table)?|truncate\w*|flush(db|all|_all)?|update_all|forceDelete|remove(_all|All)|bulk_(delete|update)|execute|statement|unprepared)\b\s*[!(\s;'"]|\b(delete_all|destroy_all|destroy)\b/;

/** Code in the words of a web framework: `manage.py shell -c`, `rails runner`. */
export function frameworkCode(call: Call, read: ReturnType<typeof readOptions>): void {
  const given = [
    ...read.values(...FRAMEWORK_CODE),
    ...read.operands.filter((one) => /\W/.test(one.text)),
  ];
  const { stdin } = call;
  const text = stdin.origin === "none" || stdin.text === undefined ? [] : [field(stdin.text)];
  const all = [...given, ...text];
  if (all.length === 0) call.report("run-unresolved", `${call.name} opens a console on the data`);
  for (const one of all) {
    judgeCode(call, one);
    if (CHANGES_DATA.test(one.text)) call.report("database-change", "changes stored data");
  }
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

/** A module in an address: `data:text/javascript,…`. */
const DATA =
  /^data:(?:text|application)\/(?:javascript|typescript|ecmascript)[^,]*?(;base64)?,(.*)$/s;

function dataCode(call: Call, of: Field): boolean {
  const [, base64, body = ""] = DATA.exec(of.text) ?? [];
  if (!DATA.test(of.text)) return false;
  try {
    judgeCode(call, { ...of, text: base64 === undefined ? decodeURIComponent(body) : atob(body) });
  } catch {
    call.report("run-obfuscated", `${call.name} runs a text that was hidden`);
  }
  return true;
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

const STRING =
  /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(?:\bq[qwx]?|%[xwq])\s*[({[]([^)}\]]*)[)}\]]/g;
const EXECUTES =
  /\b(system|popen\d?|exec(?:Sync|File|FileSync|v|vp|ve|l|lp|le|ute)?|spawn(?:Sync|l|lp|v|vp)?|subprocess\.\w+|check_output|check_call|shell_exec|passthru|proc_open|shell-command|call-process|start-process|os\.startfile|getoutput|getstatusoutput|Open3\.\w+|IO\.popen|Process\.\w+|Kernel\.\w+|run|do shell script|os\.cmd|System\.cmd|open3|Runtime|Bun\.\$|\$)\s*[({"'`[]|\bqx\b|%x\s*[({[]|\bos:cmd\s*\(|\bSys\.command\b|\.execute\(\)|`[^`]+`|\bshell\s*\(/;
/** Under whatever name it is called then. */
const SPAWNERS =
  /\bfrom\s+(os|subprocess|pty|commands)\s+import\b[^;\n]*\b(system|popen|exec\w*|spawn\w*|run|call|Popen|check_\w+|getoutput)|\bDeno\.(Command|run)\b|\bBun\.spawn|\b(execa|shelljs|zx)\b|ProcessBuilder|posix_spawn|\bWScript\.Shell\b|std\.process|sys\.process|Cmd::new/;
/** Calls whose name is made when they run: what they are given is judged as if it were a command. */
const DISPATCHES =
  /\bgetattr\s*\(|\b__import__\s*\(|\bglobals\(\)\s*\[|\bglobalThis\s*\[|\bReflect\.|\bprocess\.binding|\$\w+\s*\(|&\{|&\$|\bcall_user_func|\.(send|__send__|public_send)\b|\]\s*\(/;
const DELETES =
  /\b(rmtree|remove_tree|rmSync|rmdirSync|rmdir|rm_rf|rm_r|rm_f|unlinkSync|unlink|removeSync|remove|emptyDirSync|deleteSync|delete-directory|delete-file|rimraf|FileUtils\.\w+|removedirs|removeItem|del_dir_r?|remove_dir|rm(?=\s*\()|\.rm|(?:File|Dir|Files|Path)\.(?:delete|unlink|rmdir|deleteIfExists|rmtree))\b[!?]?\s*[(\s"']/;
const WRITES =
  /\b(writeFile(?:Sync)?|appendFile(?:Sync)?|createWriteStream|write_text|write_bytes|file_put_contents|File\.write|copyFile(?:Sync)?|renameSync|shutil\.(copy\w*|move)|os\.(rename|replace|chmod|chown|symlink|truncate)|symlinkSync|chmodSync|Set-Content|Out-File|spit|truncateSync)\b|\bopen\s*\([^)]*['"][wax]\+?b?['"]|open\s*\(?\s*\w*,?\s*['"]\+?>/;
const EVALUATES =
  /\b(eval|exec|Function|compile|instance_eval|loadstring|load|vm\.\w+|runInNewContext|iex|Invoke-Expression)\b\s*[(\s]|then\(eval\)|\.\s*then\s*\(\s*eval/;
const DECODES =
  /fromhex|b64decode|base64|decode\(|pack\s*\(|unpack|atob|fromCharCode|Buffer\.from|chr\(|String\.fromCharCode|codecs|rot13|reverse\(|\[::-1\]|\.reverse\b|unhexlify|zlib|marshal|%c/i;
const FETCHES =
  /\b(urlopen|urllib|requests\.(get|post|put)|fetch\s*\(|https?\.(get|request)|axios|XMLHttpRequest|LWP|open-uri|URI\.open|Net::HTTP|file_get_contents\s*\(\s*['"]http|got\(|Invoke-WebRequest|curl_exec|HTTP::Tiny)/;
const CONNECTS =
  /\bsocket\b|net\.(connect|createConnection|Socket)|TCPSocket|IO::Socket|fsockopen|pty\.spawn|dup2|websocket/i;
const SENDS =
  /\b(requests\.(post|put|patch)|method\s*:\s*['"](POST|PUT|PATCH)|sendall|\.post\(|smtplib|ftplib|data\s*=|body\s*:)/i;
const FORKS =
  /\bfork\b\s*(\(\s*\))?\s*while|while\b[^;\n]{0,40}\bfork\b|for\s*\(\s*;\s*;\s*\)[^;]*fork|loop\s*\{\s*fork|os\.fork\(\)/;
const HOME =
  /homedir\(\)|expanduser\(\s*['"]~|Path\.home|process\.env\.HOME|ENV\[['"]HOME|\$ENV\{HOME|os\.environ\[['"]HOME|getenv\(\s*['"]HOME|Dir\.home|userInfo\(\)/;
const ROOTS = /^(\/|~|\/home|\/etc|\/usr|\/var)/;

export function judgeCode(call: Call, code: Field): void {
  const { text } = code;
  if (text.includes(HOLE)) {
    if (code.remote) call.report("run-downloaded", `${call.name} runs code from the network`);
    else if (text.replaceAll(HOLE, "").trim().length < 12 || EXECUTES.test(text))
      call.report("run-unresolved", `${call.name} runs code that is known only when it runs`);
  }
  call.report("build", `${call.name} runs code of its command line`);
  // AppleScript tells other programs what to do.
  if (call.name === "osascript" && /\btell\s+app/i.test(text))
    call.report("run-unresolved", "tells other programs what to do");
  const literals = stringsOf(text);
  for (const one of literals)
    if (one.startsWith("data:") && one !== text) dataCode(call, field(one));
  if (FORKS.test(text)) call.report("fork-bomb", "starts processes without end");
  const evaluates = EVALUATES.test(text);
  if (evaluates && FETCHES.test(text)) call.report("run-downloaded", "evaluates what it fetched");
  else if (evaluates && DECODES.test(text))
    call.report("run-obfuscated", "evaluates text that was hidden");
  if (CONNECTS.test(text) && /pty|dup2|\/bin\/(ba|z|da)?sh|spawn|exec|system/.test(text))
    call.report("send-secret", "opens a shell to another machine");
  if (EXECUTES.test(text) || SPAWNERS.test(text)) executes(call, text, literals);
  else if (DISPATCHES.test(text))
    for (const one of literals.filter((each) => /^\S+ \S/.test(each)).slice(0, 16))
      call.runText(field(one), { via: call.name });
  if (/^(tclsh|expect|wish)$/.test(call.name)) tcl(call, text);
  if (/^(pwsh|powershell)$/.test(call.name)) powershellText(call, text);
  if (DELETES.test(text)) deletes(call, text, literals);
  if (WRITES.test(text))
    for (const one of literals.filter(pathLike))
      note(call, writing(call.target(field(one))), "write");
  const secrets = literals
    .filter((one) => pathLike(one) || one.startsWith(".env"))
    .map((one) => call.target(field(one)))
    .filter((one) => one.secret);
  const guarded = literals
    .filter(pathLike)
    .map((one) => call.target(field(one)))
    .filter((one) => one.guarded);
  if (WRITES.test(text) || DELETES.test(text))
    for (const one of guarded) call.report("guard-tamper", `changes ${one.path}`, one.path);
  for (const one of secrets) note(call, reading(one), "read");
  const sends =
    FETCHES.test(text) || CONNECTS.test(text) || (SENDS.test(text) && /http/.test(text));
  if (
    sends &&
    (secrets.length > 0 ||
      call.stdin.secret ||
      code.secret ||
      /os\.environ\b(?!\[)|process\.env\)|ENV\.to_/.test(text))
  )
    call.report("send-secret", "sends credentials away");
  else if (FETCHES.test(text))
    call.report(
      SENDS.test(text) && !/localhost|127\.0\.0\.1/.test(text) ? "send-data" : "network-read",
      "talks to the network",
    );
}

function note(call: Call, fact: ReturnType<typeof reading>, _kind: "read" | "write"): void {
  call.report(fact.deed, fact.note, fact.path);
}

function stringsOf(text: string): string[] {
  return [...text.matchAll(STRING)].map((each) =>
    unslash(each[1] ?? each[2] ?? each[3] ?? each[4] ?? ""),
  );
}

function unslash(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (whole, what: string) => {
    if (what.length === 3) return String.fromCodePoint(Number.parseInt(what.slice(1), 16));
    return what === "n" ? "\n" : what.length === 1 ? what : whole;
  });
}

function pathLike(text: string): boolean {
  return (
    text !== "" &&
    text.length < 300 &&
    !/\s/.test(text) &&
    (/^[~./]/.test(text) || /[/.]/.test(text))
  );
}

/** The texts of a program that starts programs: each is judged as a shell text, or as the words of a command. */
function executes(call: Call, text: string, literals: readonly string[]): void {
  if (literals.length === 0 || (DECODES.test(text) && EXECUTES.test(text))) {
    const hidden = DECODES.test(text);
    call.report(
      hidden ? "run-obfuscated" : "run-unresolved",
      `${call.name} starts a program that ${hidden ? "was hidden" : "is not known"}`,
    );
  }
  const commands = literals.filter((one) => one.trim() !== "" && !/^[\w@:/.-]*$/.test(one));
  for (const one of commands.slice(0, 16)) {
    // The home folder is put behind it.
    const whole = HOME.test(text) && /\s$/.test(one) ? `${one}${call.place.home}` : one;
    call.runText(field(whole), { via: call.name });
  }
  const words = literals.filter(
    (one) =>
      /^[\w@:/.~*-]+$/.test(one) &&
      !/^(child_process|os|fs|subprocess|node:\w+|shell|utf-?8|base64|inherit|pipe|ignore)$/.test(
        one,
      ),
  );
  if (words.length > 0)
    call.run(
      words
        .slice(0, 16)
        .map((one) => field(one.startsWith("~") ? `${call.place.home}${one.slice(1)}` : one)),
      { via: call.name },
    );
}

/** Tcl's words are not in quotes. */
function tcl(call: Call, text: string): void {
  for (const [, command = ""] of text.matchAll(
    /\b(?:exec|spawn|system)\s+(?:-\w+\s+)*([^;\n\]}]+)/g,
  ))
    call.runText(field(command), { via: call.name });
  if (/\bfile\s+delete\b/.test(text)) call.report("delete-unresolved", "Tcl deletes files");
}

/** Another shell, which nothing here can read: only what plainly deletes is told apart. */
function powershellText(call: Call, text: string): void {
  const [, operands] = /\b(?:Remove-Item|rm|ri|del|rmdir|erd?)\b([^;|\n]*)/i.exec(text) ?? [];
  if (operands === undefined) {
    call.report("run-unresolved", `${call.name} is a shell that cannot be read`);
    return;
  }
  const paths = operands.replace(/(^|\s)-\w+/g, " ").replace(/\$(env:)?HOME\b/gi, "~");
  call.runText(field(`rm -rf ${paths}`), { via: call.name });
}

function deletes(call: Call, text: string, literals: readonly string[]): void {
  const recursive =
    /rmtree|remove_tree|recursive|rm_rf|rm_r|rimraf|emptyDir|removeSync|removeItem|del_dir_r|remove_dir/.test(
      text,
    );
  const paths = literals
    .filter((one) => pathLike(one) || /^[\w*-]+$/.test(one))
    .filter(
      (one) =>
        !/^(fs|os|shutil|path|node:\w+|fs\/promises|rimraf|child_process|glob|utf-?8)$/.test(one),
    );
  if (HOME.test(text)) {
    note(call, deleting(call.target(field(call.place.home)), { recursive }), "write");
    return;
  }
  const targets = paths.map((one) =>
    call.target({
      ...field(one.startsWith("~") ? `${call.place.home}${one.slice(1)}` : one),
      glob: /[*?]/.test(one),
    }),
  );
  for (const one of targets)
    note(call, deleting(one, { recursive: recursive || ROOTS.test(one.path) }), "write");
  if (targets.length === 0)
    call.report("delete-unresolved", "deletes a target that is not known beforehand");
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

function awk(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-F", "-v", "-f", "--file", "--field-separator", "--assign"],
  });
  const [program, ...files] = read.has("-f", "--file")
    ? [undefined, ...read.operands]
    : read.operands;
  call.report("read", "awk reads its input");
  for (const file of files)
    if (file !== undefined && !/^\w+=/.test(file.text))
      call.report(...factArgs(reading(call.target(file))));
  if (program === undefined) return UNKNOWN;
  const { text } = program;
  if (!isKnown(program)) call.report("run-unresolved", "awk runs a program that is not known");
  if (/\bsystem\s*\(|\|\s*(getline|")|"\s*\|\s*getline|\|&/.test(text)) {
    const commands = stringsOf(text).filter((one) => /[a-z]/i.test(one));
    if (commands.length === 0)
      call.report("run-unresolved", "awk runs a command that is not known");
    for (const one of commands) call.runText(field(one), { via: "awk" });
    if (/system\s*\(\s*(?!["'])/.test(text))
      call.report("run-unresolved", "awk runs a command from its input");
  }
  for (const [, file] of text.matchAll(/(?:print|printf)\b[^;}]*>>?\s*"([^"]+)"/g))
    if (file !== undefined) call.report(...factArgs(writing(call.target(field(file)))));
  const origin =
    files.length > 0 ? "file" : call.stdin.origin === "none" ? "literal" : call.stdin.origin;
  return { origin, secret: call.stdin.secret };
}

function factArgs(
  fact: ReturnType<typeof reading>,
): [typeof fact.deed, string, string | undefined] {
  return [fact.deed, fact.note, fact.path];
}

const SED_RUNS =
  /(^|[;{}\n\d$/])\s*e(\s+(.+))?$|(^|[;{}\n])s(.)(?:\\.|(?!\5)[^\\])*\5((?:\\.|(?!\5)[^\\])*)\5[gpiIm\d]*e[gpiIm\d]*/m;

function sed(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-e", "--expression", "-f", "--file", "-l", "--line-length"],
  });
  const inPlace = call.args.some((arg) => /^(-[nErsz]*i|--in-place)/.test(arg.text));
  const scripts = read.values("-e", "--expression");
  const files =
    scripts.length > 0 || read.has("-f", "--file") ? read.operands : read.operands.slice(1);
  if (scripts.length === 0 && read.operands[0] !== undefined && !read.has("-f", "--file"))
    scripts.push(read.operands[0]);
  call.report("read", "sed reads its input");
  // BSD's `-i ''` keeps no copy.
  for (const file of files.filter((one) => one.text !== ""))
    call.report(...factArgs(inPlace ? writing(call.target(file)) : reading(call.target(file))));
  for (const script of scripts) sedScript(call, script);
  const origin =
    files.length > 0 ? "file" : call.stdin.origin === "none" ? "unknown" : call.stdin.origin;
  return { origin, secret: call.stdin.secret };
}

function sedScript(call: Call, script: Field): void {
  const runs = SED_RUNS.exec(script.text);
  if (runs !== null) {
    const command = runs[3] ?? runs[6];
    if (command !== undefined && command.trim() !== "")
      call.runText(field(command), { via: "sed e" });
    else call.report("run-unresolved", "sed runs what it reads");
  }
  for (const [, file] of script.text.matchAll(
    /(?:^|[;{}\n\d$/])\s*[wW]\s+(\S+)|s(.)(?:\\.|(?!\2)[^\\])*\2(?:\\.|(?!\2)[^\\])*\2[gpiIm\d]*w\s+(\S+)/g,
  ))
    if (file !== undefined) call.report(...factArgs(writing(call.target(field(file)))));
}

function editor(call: Call): Stream {
  // In Ex mode `-s` is silent, and takes no file.
  const args = call.args.map((arg) =>
    /^-(es|Es|se|e|E)$/.test(arg.text) ? { ...arg, text: "-e" } : arg,
  );
  const read = readOptions(args, {
    valued: ["-c", "--cmd", "-S", "-u", "-s", "-w", "-W", "-T"],
  });
  const commands = [
    ...read.values("-c", "--cmd"),
    ...call.args
      .filter((arg) => arg.text.startsWith("+"))
      .map((arg) => ({ ...arg, text: arg.text.slice(1) })),
  ];
  for (const each of read.operands) {
    if (each.text.startsWith("+")) continue;
    const to = call.target(each);
    call.report(...factArgs(writing(to)));
    if (to.secret) call.report(...factArgs(reading(to)));
  }
  call.report("write", "an editor");
  if (read.has("-S", "-s", "-u")) call.report("run-hook", "an editor runs a script");
  for (const each of commands) editorCommand(call, each.text);
  if (call.name === "ex" && call.stdin.text !== undefined)
    for (const line of call.stdin.text.split("\n")) editorCommand(call, line);
  return UNKNOWN;
}

function editorCommand(call: Call, text: string): void {
  const [, shell] = /^:?\s*(?:silent!?\s*)?(?:%|\d+,\d+|r\s*|w\s*)?!(.*)$/s.exec(text) ?? [];
  if (shell !== undefined) call.runText(field(shell), { via: call.name });
  const [, called] = /system\(\s*['"](.*)['"]\s*\)/s.exec(text) ?? [];
  if (called !== undefined) call.runText(field(called), { via: call.name });
  if (/^:?(py3?|python3?|lua|ruby|perl|source|so|terminal|term)\b/.test(text))
    call.report("run-unresolved", "an editor runs code");
}

function lineEditor(call: Call): Stream {
  const { text } = call.stdin;
  call.report("write", "a line editor");
  for (const file of call.args.filter((arg) => !arg.text.startsWith("-")))
    call.report(...factArgs(writing(call.target(file))));
  if (text === undefined) {
    if (call.stdin.origin !== "none")
      call.report("run-unresolved", "a line editor reads commands that are not known");
    return UNKNOWN;
  }
  for (const line of text.split("\n")) editorCommand(call, line);
  return UNKNOWN;
}

function debuggerOf(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-p", "--pid", "-ex", "-iex", "-x", "-o", "--eval-command"],
    oneDash: true,
  });
  if (read.has("-p", "--pid")) call.report("guard-tamper", "attaches to a running process");
  for (const each of read.values("-ex", "-iex", "-o", "--eval-command")) {
    const [, shell] = /^\s*(?:shell|!|platform shell)\s*(.*)$/s.exec(each.text) ?? [];
    if (shell !== undefined) call.runText(field(shell), { via: call.name });
    else if (/python|call|system/.test(each.text))
      call.report("run-unresolved", "a debugger runs code");
  }
  const program = call.args.findIndex((arg) => /^(--args|--)$/.test(arg.text));
  if (program >= 0 && program + 1 < call.args.length)
    call.run(call.args.slice(program + 1), { via: call.name });
  if (read.has("-x")) call.report("run-hook", "a debugger runs a script");
  call.report("build", "debugs a program");
  return UNKNOWN;
}

function powershell(call: Call): Stream {
  if (call.name === "iwr") {
    call.report("network-read", "fetches from the network");
    return { origin: "remote", secret: false };
  }
  // Elixir's shell has the name of PowerShell's Invoke-Expression.
  if (
    call.args.length === 0 ||
    /^(-S|--sname|--name|--version|-r)$|\.exs?$/.test(call.args[0]?.text ?? "")
  ) {
    call.report("build", "Elixir's shell");
    return UNKNOWN;
  }
  const remote = call.args.some((arg) => arg.remote) || call.stdin.origin === "remote";
  call.report(remote ? "run-downloaded" : "run-unresolved", "evaluates a text");
  return UNKNOWN;
}
