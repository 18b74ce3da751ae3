/** Programs that run another program: taken off with their options, and what is left is judged. */
import type { Call, Judge } from "../call.ts";
import { writing } from "../deeds.ts";
import { type Field, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { parallel, xargs } from "./inputs.ts";
import { env, su, sudo } from "./rights.ts";
import { WRAPPERS, type Wrapper } from "./wrapper-table.ts";

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
  for (const file of read.values(...(spec.writes ?? []))) output(call, file);
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

/** A file, or for strace a command that is given what it would hold. */
function output(call: Call, file: Field): void {
  const [, text] = /^[|!](.*)$/s.exec(file.text) ?? [];
  if (text !== undefined && call.name === "strace")
    call.runText({ ...file, text }, { via: "strace -o" });
  else tell(call, writing(call.target(file)));
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
export function watch(call: Call): Stream {
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
