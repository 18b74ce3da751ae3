/** Programs that run another program: taken off with their options, and what is left is judged. */
import type { Call, Judge } from "../call.ts";
import { type Field, field, HOLE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { type OptionSpec, readOptions } from "../options.ts";

interface Wrapper extends OptionSpec {
  /** So many words before the command: `timeout 5 cmd`, `flock FILE cmd`. */
  readonly skip?: number;
  /** A word that comes first, when it runs something. */
  readonly verb?: string;
  /** Options whose value is a command in shell text: `flock -c`. */
  readonly text?: readonly string[];
  /** Reported on top of what the inner command does. */
  readonly deed?: "privilege";
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  nice: { valued: ["-n", "--adjustment"] },
  ionice: { valued: ["-c", "-n", "--class", "--classdata"] },
  nohup: {},
  time: { valued: ["-f", "-o", "--format", "--output"] },
  stdbuf: { valued: ["-i", "-o", "-e"] },
  setsid: {},
  taskset: { skip: 1 },
  chrt: { skip: 1 },
  numactl: { valued: ["-N", "-m", "-C"] },
  unshare: { valued: ["-S", "-G", "--setuid", "--setgid", "-R", "-w"] },
  unbuffer: {},
  firejail: {},
  prlimit: {},
  catchsegv: {},
  eatmydata: {},
  fakeroot: { valued: ["-i", "-s", "-l"] },
  proxychains: {},
  proxychains4: {},
  torsocks: {},
  dbus: {},
  "dbus-run-session": { text: [] },
  "xvfb-run": { valued: ["-n", "-s", "-e", "-f", "-p", "-w"] },
  "systemd-inhibit": { valued: [] },
  faketime: { skip: 1, valued: ["-f"] },
  tini: { valued: ["-e"] },
  "dumb-init": {},
  catatonit: {},
  daemonize: { valued: ["-c", "-e", "-o", "-p", "-l", "-u"] },
  rlwrap: {},
  trickle: { valued: ["-d", "-u"] },
  pv_: {},
  retry: { valued: ["-t", "-d", "-m"] },
  fvm: {},
  "with-contenv": {},
  nsenter_: {},
  caffeinate: { valued: ["-t", "-w"] },
  gtimeout: { skip: 1, valued: ["-k", "-s"] },
  timeout: { skip: 1, valued: ["-k", "-s", "--kill-after", "--signal"] },
  strace: {
    valued: ["-e", "-o", "-p", "-s", "-u", "-E", "-a", "-O", "-S", "-P", "-I", "-b", "-X"],
  },
  ltrace: { valued: ["-e", "-o", "-p", "-s", "-u", "-n", "-l", "-x"] },
  perf: { skip: 1 },
  valgrind: {},
  gdbserver: { skip: 1 },
  chronic: {},
  ifne: {},
  ts: {},
  errno: {},
  softlimit: {},
  cpulimit: { valued: ["-l", "-p", "-e", "-c"] },
  "ld.so": {},
  "ld-linux.so.2": {},
  "ld-linux-x86-64.so.2": { valued: ["--library-path", "--preload", "--argv0", "--inhibit-rpath"] },
  busybox: {},
  toybox: {},
  dotenv: { valued: ["-e", "-f", "-p"] },
  dotenvx: { valued: ["-f", "-e"], verb: "run" },
  "env-cmd": { valued: ["-f", "-e", "-r"] },
  direnv: { skip: 2 },
  "start-stop-daemon": { valued: [] },
  aws_vault: {},
  "aws-vault": { skip: 1 },
  entr: {},
  watchexec: { valued: ["-w", "-e", "-i", "-f", "-d"] },
  nodemon: { valued: ["-w", "-e", "-x", "--exec", "--watch", "--ext"], text: ["-x", "--exec"] },
  doas: { valued: ["-u", "-C"], deed: "privilege" },
  pkexec: { valued: ["--user"], deed: "privilege" },
  run0: { deed: "privilege" },
  gosu: { skip: 1, deed: "privilege" },
  "su-exec": { skip: 1, deed: "privilege" },
  runuser: { valued: ["-u", "-g", "-c"], text: ["-c"], deed: "privilege" },
  setpriv: { valued: [], deed: "privilege" },
  capsh: { deed: "privilege" },
  chroot: { skip: 1, valued: [], deed: "privilege" },
};

export const wrappers = new Map<string, Judge>([
  ...Object.entries(WRAPPERS).map(([name, spec]): [string, Judge] => [
    name,
    (call) => unwrap(call, spec),
  ]),
  ["sudo", sudo],
  ["su", su],
  ["env", env],
  ["xargs", xargs],
  ["parallel", parallel],
  ["flock", flock],
  ["watch", watch],
  ["sem", watch],
  ["script", script],
  ["systemd-run", systemdRun],
  ["at", at],
  ["batch", at],
  ["hyperfine", hyperfine],
  ["concurrently", hyperfine],
  ["start-server-and-test", hyperfine],
]);

function unwrap(call: Call, spec: Wrapper): Stream {
  const read = readOptions(call.args, { ...spec, leading: true });
  if (spec.deed !== undefined) call.report(spec.deed, `${call.name} runs with other rights`);
  call.report("shell-state", `${call.name} runs a command`);
  for (const name of spec.text ?? []) {
    const text = read.value(name);
    if (text !== undefined) call.runText(text, { via: call.name });
  }
  if (/^(strace|ltrace|perf)$/.test(call.name) && read.has("-p", "--pid"))
    call.report("privilege", "attaches to a running process");
  if (call.name === "start-stop-daemon") return startStop(call);
  if (spec.verb !== undefined && read.operands[0]?.text === spec.verb)
    return unwrap({ ...call, args: read.operands.slice(1) }, { valued: spec.valued ?? [] });
  const inner =
    call.name === "perf"
      ? readOptions(read.operands.slice(1), {
          leading: true,
          valued: ["-e", "-o", "-F", "-C", "-r"],
        }).operands
      : read.operands.slice(spec.skip ?? 0);
  if (inner.length === 0) return UNKNOWN;
  return call.run(inner, { via: call.name });
}

function startStop(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "--exec",
      "-x",
      "--startas",
      "-a",
      "--name",
      "-n",
      "--pidfile",
      "-p",
      "--user",
      "-u",
      "--chuid",
      "-c",
    ],
  });
  const program = read.value("--exec", "-x", "--startas", "-a");
  if (read.has("--stop", "-K")) call.report("process-kill", "stops a daemon");
  return program === undefined
    ? UNKNOWN
    : call.run([program, ...read.operands], { via: call.name });
}

function sudo(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-u",
      "-g",
      "-h",
      "-p",
      "-C",
      "-r",
      "-t",
      "-T",
      "-U",
      "-D",
      "-R",
      "--user",
      "--group",
      "--host",
      "--prompt",
      "--chdir",
      "--chroot",
    ],
  });
  if (read.operands.length === 0 && read.has("-V", "--version", "-h", "--help", "-l")) {
    call.report("read", "sudo tells about itself");
    return UNKNOWN;
  }
  call.report("privilege", "runs as another user");
  const inner = dropAssignments(call, read.operands);
  return inner.length === 0 ? UNKNOWN : call.run(inner, { via: "sudo" });
}

function su(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-c", "--command", "-s", "--shell", "-g", "-G", "-w"],
  });
  call.report("privilege", "runs as another user");
  const text = read.value("-c", "--command");
  return text === undefined ? UNKNOWN : call.runText(text, { via: "su -c" });
}

function env(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string", "-a", "--argv0"],
  });
  call.report("shell-state", "env");
  const names = call.args.map((arg) => arg.text);
  for (const name of read.values("-u", "--unset")) {
    if (/^(BASH_ENV|SHLVL|ENV|ZDOTDIR|LD_PRELOAD|(AGENT_)?CONDUCTOR_\w+)$/.test(name.text))
      call.report("guard-tamper", `unsets ${name.text}`);
  }
  const text = read.value("-S", "--split-string");
  if (text !== undefined) return call.runText(text, { via: "env -S" });
  const inner = dropAssignments(call, read.operands);
  const empty = read.has("-i", "--ignore-environment") || names.includes("-");
  if (empty && inner.length > 0)
    call.report("guard-tamper", "env -i takes the guard's variables away");
  if (inner.length === 0 && call.args.length === 0) {
    call.report("read", "lists the environment");
    return { origin: "file", secret: true };
  }
  const scope = call.scope.fork();
  const folder = read.value("-C", "--chdir");
  if (folder !== undefined) scope.cwd = call.target(folder).path || undefined;
  return inner.length === 0 ? UNKNOWN : call.run(inner, { via: "env", scope, stdin: call.stdin });
}

function dropAssignments(call: Call, words: readonly Field[]): readonly Field[] {
  const first = words.findIndex((word) => !/^[A-Za-z_][\w%()]*=/.test(word.text));
  const assigned = first < 0 ? words : words.slice(0, first);
  for (const each of assigned) {
    const [name = "", ...value] = each.text.split("=");
    call.variable(name, { ...each, text: value.join("=") });
  }
  return first < 0 ? [] : words.slice(first);
}

/** The words that a command gets from its input: each known line, or one hole. */
function inputWords(stream: Stream): Field[] {
  const from = { glob: false, secret: stream.secret, remote: stream.origin === "remote" };
  if (stream.text === undefined || stream.origin === "none") return [{ text: HOLE, ...from }];
  return stream.text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, 16)
    .map((text) => ({ text, ...from }));
}

function xargs(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-a",
      "--arg-file",
      "-d",
      "--delimiter",
      "-E",
      "-I",
      "-L",
      "-n",
      "--max-args",
      "-P",
      "--max-procs",
      "-s",
      "--max-chars",
      "--replace",
      "-J",
      "-R",
      "-S",
    ],
  });
  call.report("shell-state", "xargs runs a command on each input");
  const stream: Stream = read.has("-a", "--arg-file")
    ? { origin: "file", secret: false }
    : call.stdin;
  const words = inputWords(stream);
  const inner = read.operands.length === 0 ? [field("echo")] : read.operands;
  const mark = read.value("-I", "-J", "--replace")?.text ?? (read.has("-i") ? "{}" : undefined);
  if (mark === undefined) return call.run([...inner, ...words], { via: "xargs" });
  // With a mark each line is one word.
  const lines = inputLines(stream) ?? words;
  return call.run(
    inner.map((arg) => putIn(arg, mark, lines)),
    { via: "xargs" },
  );
}

function inputLines(stream: Stream): Field[] | undefined {
  if (stream.text === undefined || stream.origin === "none") return undefined;
  const from = { glob: false, secret: stream.secret, remote: stream.origin === "remote" };
  const lines = stream.text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, 16).map((text) => ({ text: text.trim(), ...from }));
}

function putIn(arg: Field, mark: string, words: readonly Field[]): Field {
  if (!arg.text.includes(mark)) return arg;
  const [first] = words;
  const value = words.length === 1 && first !== undefined ? first.text : HOLE;
  return {
    ...arg,
    text: arg.text.replaceAll(mark, value),
    secret: words.some((word) => word.secret),
    remote: words.some((word) => word.remote),
  };
}

function parallel(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-j",
      "--jobs",
      "-a",
      "--arg-file",
      "-n",
      "-N",
      "-S",
      "--sshlogin",
      "--results",
      "--joblog",
      "--delay",
      "--timeout",
      "-I",
      "-C",
      "--colsep",
    ],
  });
  call.report("shell-state", "parallel runs a command on each input");
  const mark = read.operands.findIndex((word) => /^:::+\+?$/.test(word.text));
  const inner = mark < 0 ? read.operands : read.operands.slice(0, mark);
  const given =
    mark < 0
      ? inputWords(call.stdin)
      : read.operands.slice(mark + 1).filter((word) => !/^:::+/.test(word.text));
  if (read.has("-S", "--sshlogin")) call.report("remote-shell", "runs on other machines");
  for (const word of given.slice(0, 16)) {
    if (!isKnown(word) && inner.length > 1 && inner.every((each) => PLAIN_WORD.test(each.text))) {
      const marked = inner.some((each) => MARK.test(each.text));
      const argv = inner.map((each) => ({ ...word, text: each.text.replace(MARK, word.text) }));
      call.run(marked ? argv : [...argv, word], { via: "parallel" });
      continue;
    }
    const line =
      inner.length === 0
        ? word.text
        : [
            ...inner.map((each) => each.text.replaceAll("{}", word.text)),
            ...(inner.some((each) => each.text.includes("{}")) ? [] : [word.text]),
          ].join(" ");
    call.runText({ ...word, text: line }, { via: "parallel" });
  }
  return UNKNOWN;
}

const PLAIN_WORD = /^[\w@%+=:,./{}~-]+$/;
/** `{}`, `{.}`, `{/}` and their kin. */
const MARK = /\{[./#%]*\}/;

function flock(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-w", "--timeout", "-E", "-c", "--command"],
  });
  call.report("shell-state", "flock runs a command");
  const [, ...inner] = read.operands;
  const text = read.value("-c", "--command") ?? (inner[0]?.text === "-c" ? inner[1] : undefined);
  if (text !== undefined) return call.runText(text, { via: "flock -c" });
  return inner.length === 0 ? UNKNOWN : call.run(inner, { via: "flock" });
}

/** `watch` and `hyperfine` hand their words to a shell. */
function watch(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-n", "--interval", "-j", "--id"],
  });
  call.report("shell-state", "watch runs a command again and again");
  return call.runText(joinWords(read.operands), { via: "watch" });
}

function hyperfine(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-w",
      "--warmup",
      "-r",
      "--runs",
      "-m",
      "-M",
      "-p",
      "--prepare",
      "-c",
      "--cleanup",
      "-s",
      "--setup",
      "--export-json",
      "--export-markdown",
      "--export-csv",
      "-n",
      "--names",
      "-L",
      "-P",
      "-S",
      "--shell",
      "-k",
      "--kill-others",
    ],
  });
  call.report("build", `${call.name} runs commands`);
  for (const text of [
    ...read.operands,
    ...read.values("-p", "--prepare", "-c", "--cleanup", "-s", "--setup"),
  ])
    if (call.name === "hyperfine" || text.text.includes(" "))
      call.runText(text, { via: call.name });
  return UNKNOWN;
}

function joinWords(words: readonly Field[]): Field {
  return {
    text: words.map((word) => word.text).join(" "),
    glob: false,
    secret: words.some((word) => word.secret),
    remote: words.some((word) => word.remote),
  };
}

function script(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-c", "--command", "-E", "-I", "-O", "-B", "-T", "-m", "-o"],
  });
  call.report("shell-state", "script records a session");
  const text = read.value("-c", "--command");
  const [file] = read.operands;
  if (file !== undefined) {
    const to = call.target(file);
    call.report(
      to.area === "nowhere" || to.area === "workspace" || to.area === "scratch"
        ? "write"
        : "write-outside",
      `records into ${to.path}`,
      to.path,
    );
  }
  return text === undefined ? UNKNOWN : call.runText(text, { via: "script -c" });
}

function systemdRun(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-u",
      "--unit",
      "-p",
      "--property",
      "-E",
      "--setenv",
      "--on-calendar",
      "--on-active",
      "-M",
      "-H",
    ],
  });
  call.report("run-hook", "runs outside this session");
  return read.operands.length === 0 ? UNKNOWN : call.run(read.operands, { via: "systemd-run" });
}

/** `at` reads what it will run later. */
function at(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-f", "-q", "-t"] });
  if (read.has("-l", "-c") && !read.has("-f")) {
    call.report("read", "lists jobs");
    return UNKNOWN;
  }
  call.report("run-unresolved", "runs a text at another time");
  if (!read.has("-f") && call.stdin.origin !== "none") call.runStream(call.stdin, { via: "at" });
  return UNKNOWN;
}
