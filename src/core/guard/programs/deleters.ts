/** Programs that delete, move, overwrite or re-permission files. */
import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import type { Fact } from "../facts.ts";
import { type Field, FROM_FILE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import type { Target } from "../paths.ts";

export const deleters = new Map<string, Judge>([
  ["rm", remove],
  ["rmdir", rmdir],
  ["unlink", remove],
  ["rimraf", rimraf],
  ["del-cli", rimraf],
  ["del", rimraf],
  ["trash", remove],
  ["trash-put", remove],
  ["shred", shred],
  ["srm", shred],
  ["wipe", shred],
  ["truncate", truncate],
  ["tee", tee],
  ["sponge", tee],
  ["dd", diskDump],
  ["touch", make],
  ["mkdir", make],
  ["mkfifo", make],
  ["mknod", make],
  ["chmod", permissions],
  ["chown", permissions],
  ["chgrp", permissions],
  ["chattr", attributes],
  ["setfacl", attributes],
  ["rename", renameMany],
]);

export function tell(call: Call, fact: Fact): void {
  call.report(fact.deed, fact.note, fact.path);
}

function remove(call: Call): Stream {
  const read = readOptions(call.args);
  if (read.has("--help", "--version")) return told(call);
  const recursive = read.has("-r", "-R", "--recursive");
  const interactive = read.has("-i", "-I") && !recursive;
  for (const each of read.operands) {
    const to = call.target(each);
    if (interactive && to.area === "workspace" && !to.guarded)
      call.report("write", `asks before it deletes ${to.path}`);
    else tell(call, deleting(to, { recursive }));
  }
  if (read.operands.length === 0) call.report("shell-state", `${call.name} of nothing`);
  return UNKNOWN;
}

export function told(call: Call): Stream {
  call.report("read", `${call.name} tells about itself`);
  return UNKNOWN;
}

function rmdir(call: Call): Stream {
  for (const each of readOptions(call.args).operands) {
    const to = call.target(each);
    const own = to.area === "workspace";
    // It removes what is empty and nothing else.
    tell(
      call,
      own && !to.guarded
        ? { deed: "write", note: `removes the empty folder ${to.path}` }
        : deleting(to, { recursive: false }),
    );
  }
  return UNKNOWN;
}

function rimraf(call: Call): Stream {
  for (const each of readOptions(call.args, { valued: ["--preserve-root"] }).operands)
    tell(
      call,
      deleting(call.target({ ...each, glob: each.glob || /[*?]/.test(each.text) }), {
        recursive: true,
      }),
    );
  return UNKNOWN;
}

function shred(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-n", "-s", "--iterations", "--size"] });
  for (const each of read.operands) {
    const to = call.target(each);
    tell(
      call,
      to.area === "device"
        ? { deed: "disk-destroy", note: `overwrites ${to.path}` }
        : deleting(to, { recursive: true }),
    );
  }
  return UNKNOWN;
}

function truncate(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-s", "--size", "-r", "--reference"] });
  for (const each of read.operands) tell(call, writing(call.target(each), { emptied: true }));
  return UNKNOWN;
}

function tee(call: Call): Stream {
  const read = readOptions(call.args);
  for (const each of read.operands) {
    const to = call.target(each);
    tell(call, writing(to));
    if (to.path !== "") call.scope.made.files.set(to.path, call.stdin);
  }
  if (read.operands.length === 0) call.report("read", "passes its input on");
  return call.stdin;
}

const DATA_FILE = /\.(db|sqlite3?|sql|mdb|dump|parquet|ldf|mdf|ibd|rdb)$/;

function diskDump(call: Call): Stream {
  let from: Target | undefined;
  for (const arg of call.args) {
    const [key, ...rest] = arg.text.split("=");
    const of: Field = { ...arg, text: rest.join("=") };
    if (key === "if") {
      from = call.target(of);
      tell(call, reading(from));
    }
    if (key === "of") {
      const to = call.target(of);
      tell(
        call,
        writing(to, {
          emptied:
            DATA_FILE.test(to.path) || /\.(ts|js|py|go|rs|c|h|java|json|md|ya?ml)$/.test(to.path),
        }),
      );
    }
  }
  if (call.args.every((arg) => !arg.text.startsWith("of=")))
    call.report("read", "copies to its output");
  if (from === undefined) return call.stdin.origin === "none" ? FROM_FILE : { ...call.stdin };
  return { ...FROM_FILE, secret: from.secret };
}

function make(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-m", "--mode", "-d", "--date", "-r", "--reference", "-t", "-Z"],
  });
  for (const each of read.operands) {
    const to = call.target(each);
    const harmless = to.area === "outside" && !to.startup && !to.guarded && call.name === "mkdir";
    tell(call, harmless ? { deed: "write", note: `makes ${to.path}` } : writing(to));
  }
  return UNKNOWN;
}

function permissions(call: Call): Stream {
  const read = readOptions(call.args.map(asMode), { valued: ["--reference", "--from"] });
  if (read.has("--help", "--version")) return told(call);
  const mode = read.has("--reference") ? undefined : read.operands[0];
  const files = mode === undefined ? read.operands : read.operands.slice(1);
  const recursive = read.has("-R", "--recursive");
  const wide =
    call.name !== "chmod" ||
    mode === undefined ||
    /(^|[^0-7])[0-7]?[0-7][0-7][2367]$|[ao]\+\w*w|^\+?w$|[ug]\+\w*s|^[2467][0-7]{3}$/.test(
      mode.text,
    ) ||
    !isKnown(mode);
  for (const each of files) {
    const to = call.target(each);
    const far = to.area === "system" || to.area === "outside" || to.area === "device";
    if (to.guarded) call.report("guard-tamper", `changes permissions of ${to.path}`, to.path);
    else if (far && to.area === "system" && /^([ug]*\+\w*s|[2467][0-7]{3}$)/.test(mode?.text ?? ""))
      call.report("persistence", `gives everyone the rights of the owner of ${to.path}`, to.path);
    else if (far && (recursive || to.path === "/"))
      call.report("disk-destroy", `changes permissions of ${to.path} and all below`, to.path);
    else if (far) call.report("write-outside", `changes permissions of ${to.path}`, to.path);
    else if (wide || to.area === "unresolved" || (recursive && call.name !== "chmod"))
      call.report("permissions", `changes who may use ${to.path}`, to.path);
    else call.report("write", `changes the mode of ${to.path}`, to.path);
  }
  return UNKNOWN;
}

/** `chmod -x file`: a mode, not an option. */
function asMode(arg: Field): Field {
  return /^-[rwxXst]+$/.test(arg.text) ? { ...arg, text: `a${arg.text}` } : arg;
}

function attributes(call: Call): Stream {
  const last = call.args.at(-1);
  call.report("permissions", `${call.name} changes attributes`, last?.text);
  return UNKNOWN;
}

function renameMany(call: Call): Stream {
  const read = readOptions(call.args);
  call.report(read.has("-n", "--dry-run", "--no-act") ? "read" : "write", "renames files");
  for (const each of read.operands.slice(1)) {
    const to = call.target(each);
    if (to.area !== "workspace" && to.area !== "regenerable") tell(call, writing(to));
  }
  return UNKNOWN;
}
