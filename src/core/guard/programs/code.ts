/** Code of a language whose parser we do not have: calls that start programs, delete, connect or evaluate are
 * looked for, and their literal texts are judged as what they are. */
import type { Call } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { type Field, field, HOLE } from "../field.ts";

/** A module in an address: `data:text/javascript,…`. */
const DATA =
  /^data:(?:text|application)\/(?:javascript|typescript|ecmascript)[^,]*?(;base64)?,(.*)$/s;

export function dataCode(call: Call, of: Field): boolean {
  const [, base64, body = ""] = DATA.exec(of.text) ?? [];
  if (!DATA.test(of.text)) return false;
  try {
    judgeCode(call, { ...of, text: base64 === undefined ? decodeURIComponent(body) : atob(body) });
  } catch {
    call.report("run-obfuscated", `${call.name} runs a text that was hidden`);
  }
  return true;
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

export function note(call: Call, fact: ReturnType<typeof reading>, _kind: "read" | "write"): void {
  call.report(fact.deed, fact.note, fact.path);
}

export function stringsOf(text: string): string[] {
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
