/** A network namespace in which only loopback is up: what runs there can reach nothing outside. */
import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
} from "node:child_process";
import { once } from "node:events";

export interface Namespace {
  /** The words to put in front of a command to run it inside. */
  readonly enter: readonly string[];
  close(): Promise<void>;
}

export type Netns =
  | { readonly ok: true; readonly namespace: Namespace }
  | { readonly ok: false; readonly reason: string };

/** Opens one, as root or through a user namespace of our own; the reason says why it is refused. */
export async function openNamespace(): Promise<Netns> {
  const direct = await open(["-n"], ["-n"]);
  if (direct.ok) return direct;
  const mapped = await open(["-r", "-n"], ["-U", "-n", "--preserve-credentials"]);
  return mapped.ok ? mapped : { ok: false, reason: `unshare -n: ${direct.reason}` };
}

/** It lives in a process that ends when its standard input does, so also when this one dies. */
const HOLD = "ip link set lo up && echo ready && exec cat >/dev/null";
/** `ip` lives where only root's PATH leads. */
const env = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" };

async function open(unshare: string[], flags: string[]): Promise<Netns> {
  const holder = spawn("unshare", [...unshare, "sh", "-c", HOLD], { stdio: "pipe", env });
  const complaint = await refusal(holder);
  if (complaint !== undefined) return { ok: false, reason: complaint };
  const enter = ["nsenter", ...flags, "-t", String(holder.pid), "--"];
  const close = () => end(holder);
  try {
    execFileSync("nsenter", [...enter.slice(1), "true"], { stdio: "pipe" });
    return { ok: true, namespace: { enter, close } };
  } catch (error) {
    await close();
    return { ok: false, reason: oneLine(String(error)) };
  }
}

/** What it says instead of "ready"; undefined once it is ready. */
async function refusal(holder: ChildProcessWithoutNullStreams): Promise<string | undefined> {
  let complaint = "";
  holder.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  holder.stdout.once("data", () => resolve(undefined));
  holder.once("error", (error) => resolve(oneLine(error.message)));
  holder.once("close", () => resolve(oneLine(complaint) || "it ended at once"));
  return promise;
}

async function end(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const ended = once(holder, "exit");
  holder.stdin?.end();
  await ended;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
