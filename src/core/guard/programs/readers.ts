/** Programs that read files and print; and some whose output can be told, so that nothing hides in it. */

import type { Call, Judge } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import {
  type Field,
  FROM_FILE,
  field,
  HOLE,
  isKnown,
  literal,
  type Stream,
  UNKNOWN,
} from "../field.ts";
import { readOptions } from "../options.ts";
import { isCredential } from "../parameters.ts";
import { which } from "../print.ts";
import { MORE_READERS } from "./catalogue.ts";
import { tell, told } from "./deleters.ts";
import { listOf } from "./finders.ts";

/** `a`: every operand is a file; `p`: the first operand is a pattern. Then options with a value. */
const READERS: Readonly<Record<string, readonly [kind: "a" | "p", ...valued: string[]]>> = {
  cat: ["a"],
  tac: ["a"],
  nl: ["a"],
  bat: ["a", "-l", "-r", "-H"],
  head: ["a", "-n", "-c", "--lines", "--bytes"],
  tail: ["a", "-n", "-c", "--lines", "--bytes", "-s", "--pid"],
  more: ["a"],
  most: ["a"],
  less: ["a", "-p", "-P", "-t", "-T", "-o", "-x"],
  wc: ["a"],
  cut: ["a", "-d", "-f", "-c", "-b"],
  paste: ["a", "-d"],
  uniq: ["a", "-f", "-s", "-w"],
  comm: ["a"],
  join: ["a", "-t", "-1", "-2", "-j", "-o"],
  column: ["a", "-s", "-c", "-N", "-o"],
  fold: ["a", "-w"],
  fmt: ["a", "-w"],
  expand: ["a", "-t"],
  unexpand: ["a", "-t"],
  pr: ["a"],
  diff: ["a", "-U", "-C", "-I", "-x", "--exclude", "--label"],
  diff3: ["a"],
  cmp: ["a", "-n", "-i"],
  colordiff: ["a"],
  strings: ["a", "-n", "-t", "-e"],
  file: ["a", "-m", "-f"],
  stat: ["a", "-c", "-f", "--format", "--printf"],
  xxd: ["a", "-l", "-s", "-c", "-g"],
  od: ["a", "-A", "-t", "-N", "-j", "-w"],
  hexdump: ["a", "-n", "-s", "-e", "-f"],
  hd: ["a", "-n", "-s"],
  base64: ["a", "-w"],
  base32: ["a", "-w"],
  md5sum: ["a"],
  sha1sum: ["a"],
  sha224sum: ["a"],
  sha256sum: ["a"],
  sha384sum: ["a"],
  sha512sum: ["a"],
  shasum: ["a", "-a"],
  b2sum: ["a"],
  cksum: ["a"],
  sum: ["a"],
  md5: ["a"],
  rev: ["a"],
  look: ["a"],
  tsort: ["a"],
  iconv: ["a", "-f", "-t", "-o"],
  dos2unix: ["a"],
  jq: ["p", "--arg", "--argjson", "--slurpfile", "--rawfile", "--indent", "-f", "--args"],
  yq: ["p", "-o", "-p", "-I"],
  gojq: ["p"],
  fx: ["p"],
  xq: ["p"],
  xmllint: ["a", "--xpath", "--schema"],
  xmlstarlet: ["a"],
  htmlq: ["p"],
  pup: ["p"],
  miller: ["a"],
  mlr: ["a"],
  csvcut: ["a", "-c"],
  csvgrep: ["a", "-c", "-m"],
  csvlook: ["a"],
  grep: [
    "p",
    "-e",
    "-f",
    "-m",
    "-A",
    "-B",
    "-C",
    "--include",
    "--exclude",
    "--exclude-dir",
    "--color",
  ],
  egrep: ["p", "-e", "-f", "-m", "-A", "-B", "-C"],
  fgrep: ["p", "-e", "-f", "-m", "-A", "-B", "-C"],
  zgrep: ["p", "-e"],
  pcregrep: ["p"],
  ugrep: ["p"],
  ack: ["p", "--type"],
  ag: ["p", "--ignore", "-G", "-A", "-B", "-C"],
  rg: [
    "p",
    "-e",
    "-f",
    "-g",
    "--glob",
    "-t",
    "--type",
    "-T",
    "-A",
    "-B",
    "-C",
    "-m",
    "--max-count",
    "-j",
    "--sort",
    "--pre",
    "--pre-glob",
    "-r",
    "--replace",
  ],
  "ast-grep": ["p", "-p", "--pattern", "-l", "--lang"],
  ls: ["a", "-I", "-w", "-T", "--ignore", "--hide", "--sort"],
  ll: ["a"],
  dir: ["a"],
  exa: ["a", "-L", "-I"],
  eza: ["a", "-L", "-I"],
  lsd: ["a"],
  tree: ["a", "-L", "-I", "-P", "--filelimit"],
  du: ["a", "-d", "--max-depth", "--exclude", "-t"],
  df: ["a"],
  realpath: ["a"],
  readlink: ["a"],
  lsof: ["a", "-i", "-p", "-u", "-c", "-t"],
  ldd: ["a"],
  nm: ["a"],
  objdump: ["a"],
  readelf: ["a"],
  size: ["a"],
  zipinfo: ["a"],
  zcat: ["a"],
  bzcat: ["a"],
  xzcat: ["a"],
  zless: ["a"],
  lzcat: ["a"],
  zstdcat: ["a"],
  cloc: ["a"],
  tokei: ["a"],
  scc: ["a"],
  sloccount: ["a"],
  exiftool: ["a"],
  identify: ["a"],
  ffprobe: ["a"],
  mediainfo: ["a"],
  pdfinfo: ["a"],
  pdftotext: ["a"],
  glow: ["a"],
  mdcat: ["a"],
  delta: ["a"],
  difft: ["a"],
  getfacl: ["a"],
  getfattr: ["a"],
  lsattr: ["a"],
  namei: ["a"],
  shellcheck: ["a"],
  otool: ["a"],
  dwarfdump: ["a"],
  lipo: ["a"],
  plutil: ["a"],
  mdls: ["a"],
  rga: ["p"],
  zstdgrep: ["p"],
  xzgrep: ["p"],
  bzgrep: ["p"],
  vimdiff: ["a"],
  icdiff: ["a"],
  wdiff: ["a"],
  sdiff: ["a"],
  dyff: ["a"],
  jd: ["a"],
  toml: ["a"],
  dasel: ["p"],
  xsv: ["a"],
  qsv: ["a"],
  csvstat: ["a"],
  csvsort: ["a"],
  csvjson: ["a"],
  parquet: ["a"],
  ncdu: ["a"],
  dust: ["a"],
  gdu: ["a"],
  duf: ["a"],
  broot: ["a"],
  ranger: ["a"],
  moor: ["a"],
  pygmentize: ["a", "-l", "-f"],
  highlight: ["a"],
  hexyl: ["a", "-n"],
  numfmt: ["a"],
  nproc: ["a"],
  crc32: ["a"],
  xxhsum: ["a"],
  b3sum: ["a"],
};

/** They ask the system and change nothing, whatever their words. */
const ASKS =
  `date uptime id whoami groups who w users last hostname uname arch nproc free vmstat iostat mpstat sar top htop btop atop
  ps pgrep pidof pstree pidstat jobs env printenv locale tty stty_ lscpu lsblk lsusb lspci lsmod lshw dmesg getconf getent
  ping ping6 traceroute tracepath mtr dig_ host_ nslookup_ whois ss netstat ip_ ifconfig arp_ route_ cal bc dc expr seq
  factor numfmt sleep usleep yes true false test basename dirname pathchk whereis which man info apropos whatis tldr
  cheat finger logname tput clear reset figlet cowsay lolcat fortune banner toilet neofetch fastfetch screenfetch
  compgen nohup_ printf uuidgen pwgen openssl_ mktemp logger_ journalctl_ lsns findmnt blkid sensors acpi inxi
  tzselect zdump units xdpyinfo xrandr_ wmctrl_ xwininfo cpuid numastat tmutil_ sw_vers system_profiler vm_stat
  say_ pbpaste ulimit rustup_ jc dasel gron hexyl pv tput resize locate plocate mlocate updatedb_ entr_ cmp sync
  lsb_release onefetch tig gitui lazygit glances bpytop procs bandwhich nethogs_ iftop_ dstat sar pmap slabtop lslocks lsipc lslogins lsmem chage_ mandb_ ncal zipnote watchman_ bc lsattr_ lsb_release runlevel hostid loginctl_ timedate_ xclip xsel wl-paste wl-copy pbcopy`
    .split(/\s+/)
    .filter((name) => !name.endsWith("_"));

export const readers = new Map<string, Judge>([
  ...Object.entries(READERS).map(([name, [kind, ...valued]]): [string, Judge] => [
    name,
    (call) => readFiles(call, kind, valued),
  ]),
  ...[...MORE_READERS, ...ASKS].map((name): [string, Judge] => [name, (call) => ask(call)]),
  ["tr", translate],
  ["sort", sort],
  ["split", split],
  ["csplit", split],
  ["sha", ask],
]);

const FILTERED: Readonly<
  Record<string, (text: string, args: readonly string[]) => string | undefined>
> = {
  cat: (text) => text,
  tac: (text) => text,
  head: (text) => text,
  tail: (text) => text,
  rev: (text) =>
    text
      .split("\n")
      .map((line) => Array.from(line).toReversed().join(""))
      .join("\n"),
  base64: (text, args) =>
    args.some((arg) => /^-+(d|D|decode)/.test(arg)) ? decode(text, "base64") : undefined,
  base32: () => undefined,
  xxd: (text, args) =>
    args.some((arg) => /^-[a-z]*r/.test(arg)) ? decode(text, "hex") : undefined,
};

/** Bytes of a known text as UTF-8; core has no Buffer of its own to prefer. */
function decode(text: string, from: "base64" | "hex"): string | undefined {
  const clean = text.replace(/\s+/g, "");
  try {
    const bytes =
      from === "base64"
        ? Uint8Array.from(atob(clean), (char) => char.codePointAt(0) ?? 0)
        : Uint8Array.from(clean.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where one known path leads is known too. */
function resolved(call: Call, operands: readonly Field[]): Stream | undefined {
  const follows =
    call.name === "realpath" || call.args.some((arg) => /^-[a-z]*[fem]/.test(arg.text));
  const [only, more] = operands;
  if (!follows || only === undefined || more !== undefined || !isKnown(only)) return undefined;
  const { path } = call.target(only);
  return path === "" || path.includes(HOLE) ? undefined : literal(`${path}\n`);
}

function readFiles(call: Call, kind: "a" | "p", valued: readonly string[]): Stream {
  const read = readOptions(call.args, { valued });
  if (call.args.length === 1 && read.has("--help", "--version")) return told(call);
  call.report("read", `${call.name} reads`);
  runsPrograms(call);
  const hasPattern = kind === "p" && !read.has("-e", "-f", "--files", "-p", "--pattern");
  const files = hasPattern ? read.operands.slice(1) : read.operands;
  if (changesInPlace(call))
    for (const file of files.filter((one) => /[./]/.test(one.text)))
      tell(call, writing(call.target(file)));
  const streams = files
    .filter((file) => !file.text.startsWith("+"))
    .map((file) => opened(call, file));
  const source =
    streams.length === 0 ? call.stdin : streams.length === 1 ? streams[0] : mixed(streams);
  if (source === undefined) return UNKNOWN;
  if (/^(realpath|readlink)$/.test(call.name)) return resolved(call, files) ?? FROM_FILE;
  if (listsNames(call)) return listOf(files.length === 0 ? [field(".")] : files);
  if (/^(ls|ll|exa|eza|lsd)$/.test(call.name)) return folderList(call, files);
  if (files.length === 0 && source.text?.includes(HOLE) === true && FILTERS_LINES.test(call.name))
    return { ...source, text: filteredNames(call, source.text, read.operands[0]) };
  const filter = FILTERED[call.name];
  const text =
    filter === undefined || source.text === undefined
      ? undefined
      : filter(
          source.text,
          call.args.map((arg) => arg.text),
        );
  const { text: _text, ...rest } = source;
  if (rest.origin === "none") return FROM_FILE;
  return text === undefined ? rest : { ...rest, text };
}

/** Searches that print the names of files, and nothing of what is in them. */
function listsNames(call: Call): boolean {
  if (!/^([efu]?grep|rg|ag|ack|rga|pcregrep|ugrep)$/.test(call.name)) return false;
  return call.args.some((arg) =>
    /^(-[a-zA-Z]*[lL]|--files(-with(out)?-match(es)?)?|--(no-)?filename-only)$/.test(arg.text),
  );
}

/** Names in a folder are printed without it; a pattern's matches with it. */
function folderList(call: Call, files: readonly Field[]): Stream {
  const inside = files.every((file) => /^workspace|^regenerable/.test(call.target(file).area));
  if (!inside || call.args.some((arg) => /^-\w*[lsiR1]*R/.test(arg.text))) return FROM_FILE;
  const long = call.args.some((arg) => /^-\w*[lsi]/.test(arg.text));
  if (long) return FROM_FILE;
  const names = files.map((file) => (file.glob ? file : field("./*")));
  return listOf(names.length === 0 ? [field("./*")] : names);
}

const FILTERS_LINES = /^([efu]?grep|rg|uniq|head|tail|tac)$/;

/** Which of the names stay is not known, but for an ending that is asked for. */
function filteredNames(call: Call, text: string, pattern: Field | undefined): string {
  const [, ending] = /^\\(\.\w+)\$$/.exec(pattern?.text ?? "") ?? [];
  const inverted = call.args.some((arg) => /^-\w*v|^--invert-match$/.test(arg.text));
  if (!call.name.endsWith("grep") || ending === undefined || inverted) return text;
  return text.replaceAll(new RegExp(`${HOLE}(?=\\n|$)`, "g"), `${HOLE}${ending}`);
}

/** Of those that mostly read: `yq -i`, `xmlstarlet ed -L`, `dos2unix`. */
function changesInPlace(call: Call): boolean {
  const has = (pattern: RegExp): boolean => call.args.some((arg) => pattern.test(arg.text));
  if (call.name === "yq" || call.name === "dasel")
    return has(/^(-i|--inplace|--in-place|put|delete)$/);
  if (call.name === "xmlstarlet") return has(/^(-L|--inplace)$/);
  if (call.name === "plutil") return has(/^-(replace|insert|remove|convert)$/);
  return call.name === "dos2unix" || (call.name === "exiftool" && has(/^-[\w:]+=/));
}

function mixed(streams: readonly Stream[]): Stream {
  const remote = streams.some((one) => one.origin === "remote");
  return { origin: remote ? "remote" : "file", secret: streams.some((one) => one.secret) };
}

/** They show what files are called and how large they are, and nothing of what is in them. */
const NAMES_ONLY =
  /^(ls|ll|dir|exa|eza|lsd|tree|stat|du|df|dust|gdu|ncdu|duf|realpath|readlink|namei|getfacl|lsattr|lsof|file)$/;

function opened(call: Call, file: Field): Stream {
  if (file.stream !== undefined) return file.stream;
  if (file.text === "-") return call.stdin;
  const named = call.target(file);
  const to = NAMES_ONLY.test(call.name) ? { ...named, secret: false } : named;
  if (to.path !== "") tell(call, reading(to));
  if (to.path === "/dev/null") return literal("");
  const made = call.scope.made.files.get(to.path) ?? FROM_FILE;
  return to.secret ? { ...made, secret: true } : made;
}

/** Options of readers that start a program. */
function runsPrograms(call: Call): void {
  const read = readOptions(call.args, { valued: ["--pre", "-P", "--pager", "--preprocessor"] });
  const text =
    (call.name === "rg" ? read.value("--pre") : undefined) ??
    (call.name === "bat" || call.name === "ag" ? read.value("--pager") : undefined);
  if (text !== undefined) call.runText(text, { via: `${call.name} runs` });
  if (call.name === "less" || call.name === "more") {
    for (const arg of call.args) {
      const [, command] = /^\+!(.*)$/s.exec(arg.text) ?? [];
      if (command !== undefined) call.runText(field(command), { via: call.name });
    }
  }
  if (call.name === "tail" || call.name === "head") return;
  for (const arg of call.args) if (arg.secret) call.report("read-secret", "is given credentials");
}

function ask(call: Call): Stream {
  call.report("read", `${call.name} asks the system`);
  const { name } = call;
  const [first] = readOptions(call.args).operands;
  if (name === "man") manual(call);
  if (name === "which") return which(readOptions(call.args).operands);
  if (name === "printenv" && readOptions(call.args).operands.some((one) => isCredential(one.text)))
    call.report("read-secret", "prints a credential");
  // The whole environment holds what its owner would not send away.
  if (name === "env" || name === "printenv") return { origin: "file", secret: first === undefined };
  if (/^(ping6?|traceroute|tracepath|mtr|whois)$/.test(name) && call.args.some((arg) => arg.secret))
    call.report("send-secret", "sends credentials in a name");
  if (name === "mktemp") return literal("/tmp/tmp.4194305\n");
  if (/^(pgrep|pidof)$/.test(name) && call.args.some((arg) => arg.text.includes("conductor")))
    return literal("conductor\n");
  if (name === "whoami" || name === "id" || name === "logname")
    return literal(`${call.place.user}\n`);
  if (name === "dirname" && first !== undefined && isKnown(first))
    return literal(`${folderOf(first.text)}\n`);
  if (name === "basename" && first !== undefined && isKnown(first))
    return literal(`${first.text.split("/").at(-1) ?? ""}\n`);
  if (name === "yes" && first === undefined) return literal("y\n");
  if (name === "date" && readOptions(call.args, { valued: ["-d", "-r", "-f"] }).has("-s", "--set"))
    call.report("privilege", "sets the clock");
  return UNKNOWN;
}

function folderOf(text: string): string {
  const cut = text.replace(/\/+$/, "").replace(/\/[^/]*$/, "");
  if (cut !== text.replace(/\/+$/, "")) return cut === "" ? "/" : cut;
  return ".";
}

function manual(call: Call): void {
  const read = readOptions(call.args, { valued: ["-P", "--pager", "-H", "--html"] });
  for (const text of read.values("-P", "--pager", "-H", "--html"))
    call.runText(text, { via: "man" });
  const [, html] = /^(?:--html=|-H)(.+)$/s.exec(call.args[0]?.text ?? "") ?? [];
  if (html !== undefined && read.values("--html").length === 0)
    call.runText(field(html), { via: "man" });
}

function translate(call: Call): Stream {
  call.report("read", "tr reads");
  const { origin, secret, text } = call.stdin;
  if (text === undefined) return { origin, secret };
  const sets = readOptions(call.args).operands.map((one) => spread(one.text));
  const [from, to] = sets;
  if (from === undefined) return { origin, secret };
  if (call.args.some((arg) => /^-[a-z]*d/.test(arg.text)))
    return {
      origin,
      secret,
      text: Array.from(text)
        .filter((char) => !from.includes(char))
        .join(""),
    };
  if (to === undefined) return { origin, secret };
  const out = Array.from(text).map((char) => {
    const at = from.indexOf(char);
    return at < 0 ? char : (to[Math.min(at, to.length - 1)] ?? "");
  });
  return { origin, secret, text: out.join("") };
}

/** `a-z` as its characters. */
function spread(set: string): string {
  return set
    .replace(/(.)-(.)/gs, (whole, from: string, to: string) => {
      const [start, end] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
      if (end < start || end - start > 256) return whole;
      return String.fromCodePoint(
        ...Array.from({ length: end - start + 1 }, (_, at) => start + at),
      );
    })
    .replaceAll("\\n", "\n");
}

function sort(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-k",
      "-t",
      "-S",
      "-T",
      "-o",
      "--output",
      "--compress-program",
      "--parallel",
      "--key",
      "--files0-from",
    ],
  });
  call.report("read", "sorts");
  const program = read.value("--compress-program");
  if (program !== undefined) {
    call.report("run-hook", "sort starts a program");
    call.runText(program, { via: "sort" });
  }
  const out = read.value("-o", "--output");
  if (out !== undefined) tell(call, writing(call.target(out)));
  const streams = read.operands.map((file) => opened(call, file));
  if (streams.length === 0 && call.stdin.text?.includes(HOLE) === true) return call.stdin;
  return streams.length === 0
    ? { origin: call.stdin.origin, secret: call.stdin.secret }
    : mixed(streams);
}

function split(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-a", "-b", "-C", "-l", "-n", "-t", "--filter", "--bytes", "--lines", "-f", "-k"],
  });
  call.report("write", "splits a file");
  const filter = read.value("--filter");
  if (filter !== undefined) call.runText(filter, { via: "split --filter" });
  for (const file of read.operands.slice(0, 1)) opened(call, file);
  return UNKNOWN;
}
