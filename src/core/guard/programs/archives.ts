/** Archivers: what they pack can be secret, what they unpack can land anywhere, and some start programs. */
import type { Call, Judge } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Field, FROM_FILE, field, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";

export const archives = new Map<string, Judge>([
  ["tar", tar],
  ["gtar", tar],
  ["bsdtar", tar],
  ["zip", zip],
  ["7z", zip],
  ["7za", zip],
  ["rar", zip],
  ["unzip", unpack],
  ["unrar", unpack],
  ["cpio", unpack],
  ...[
    "gzip",
    "gunzip",
    "bzip2",
    "bunzip2",
    "xz",
    "unxz",
    "zstd",
    "unzstd",
    "lz4",
    "lzma",
    "brotli",
    "compress",
    "uncompress",
    "pigz",
    "lzip",
    "uudecode",
    "uuencode",
    "xzdec",
  ].map((name): [string, Judge] => [name, squeeze]),
]);

const TAR_VALUED =
  "-f --file -C --directory -I --use-compress-program --to-command --checkpoint-action --checkpoint -T --files-from -X --exclude-from --exclude --transform --strip-components --owner --group --mode --rmt-command --rsh-command -F --info-script --new-volume-script --one-top-level --warning --format -b -g -N -K".split(
    " ",
  );

function tar(call: Call): Stream {
  const args = oldStyle(call.args);
  const read = readOptions(args, { valued: TAR_VALUED });
  for (const text of read.values(
    "-I",
    "--use-compress-program",
    "--to-command",
    "--rmt-command",
    "--rsh-command",
    "-F",
    "--info-script",
    "--new-volume-script",
  )) {
    if (/^(gzip|pigz|zstd|xz|bzip2|lz4|pbzip2|brotli)( -[\w=-]+)*$/.test(text.text)) continue;
    call.report("run-hook", "tar starts a program");
    call.runText(text, { via: "tar" });
  }
  for (const text of read.values("--checkpoint-action")) {
    const [, command] = /^exec=(.*)$/s.exec(text.text) ?? [];
    if (command !== undefined) call.runText({ ...text, text: command }, { via: "tar" });
  }
  const scope = call.scope.fork();
  const folder = read.value("-C", "--directory");
  if (folder !== undefined) scope.cwd = call.target(folder).path || undefined;
  const file = read.value("-f", "--file");
  const creates = read.has("-c", "--create", "-r", "--append", "-u", "--update");
  const lists = read.has("-t", "--list");
  if (creates) return create(call, read.operands, file);
  if (file !== undefined && file.text !== "-") tell(call, reading(call.target(file)));
  if (lists) return FROM_FILE;
  if (read.has("-O", "--to-stdout")) return FROM_FILE;
  if (read.has("-P", "--absolute-names"))
    call.report("write-unresolved", "unpacks to absolute places");
  const into = call.target(folder ?? field("."));
  tell(call, writing(into));
  unpacked(call, file, into.path);
  return UNKNOWN;
}

/** What came from the network and is run out of it is run unread. */
function unpacked(call: Call, file: Field | undefined, into: string): void {
  const from =
    file === undefined || file.text === "-"
      ? call.stdin
      : call.scope.made.files.get(call.target(file).path);
  if (from?.origin === "remote" && into !== "") call.scope.made.unpacked.add(into);
}

/** `tar cz x`: the first word is a cluster without its dash. */
function oldStyle(args: readonly Field[]): readonly Field[] {
  const [first, ...rest] = args;
  return first !== undefined && /^[a-zA-Z]+$/.test(first.text) && /[cxtru]/.test(first.text)
    ? [{ ...first, text: `-${first.text}` }, ...rest]
    : args;
}

function create(call: Call, sources: readonly Field[], file: Field | undefined): Stream {
  const targets = sources.map((one) => call.target(one));
  for (const one of targets) tell(call, reading(one));
  const secret = targets.some((one) => one.secret);
  if (file === undefined || file.text === "-") return { ...FROM_FILE, secret };
  const to = call.target(file);
  tell(call, writing(to));
  if (secret && to.path !== "") call.scope.made.files.set(to.path, { ...FROM_FILE, secret });
  return UNKNOWN;
}

function zip(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-TT", "--unzip-command", "-x", "-i", "-P"] });
  const at = call.args.findIndex((arg) => arg.text === "-TT" || arg.text === "--unzip-command");
  const program = at < 0 ? undefined : call.args[at + 1];
  if (program !== undefined) call.runText(program, { via: "zip -TT" });
  const operands =
    call.name.startsWith("7z") || call.name === "rar" ? read.operands.slice(1) : read.operands;
  const [file, ...sources] = operands;
  call.report("write", "packs or unpacks");
  return file === undefined ? UNKNOWN : create(call, sources, file);
}

function unpack(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-d", "-x", "-P", "-D", "-F", "-I", "-O"] });
  const [file] = read.operands;
  if (file !== undefined) tell(call, reading(call.target(file)));
  if (read.has("-l", "-t", "-v", "-Z", "-p")) return FROM_FILE;
  const folder = read.value("-d", "-D");
  const into = call.target(folder ?? field("."));
  tell(call, writing(into));
  unpacked(call, file, into.path);
  return UNKNOWN;
}

function squeeze(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-S", "--suffix", "-o", "-T", "-b", "-M"] });
  call.report("read", "packs or unpacks");
  const stdout = read.has("-c", "--stdout", "--to-stdout") || read.operands.length === 0;
  for (const file of read.operands)
    tell(call, stdout ? reading(call.target(file)) : writing(call.target(file)));
  const secret = call.stdin.secret || read.operands.some((file) => call.target(file).secret);
  if (read.operands.length > 0) return { ...FROM_FILE, secret };
  const { origin } = call.stdin;
  return { origin: origin === "none" ? "file" : origin, secret };
}
