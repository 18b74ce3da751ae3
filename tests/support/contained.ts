/** An agent inside the sandbox that does what a test tells it over a socket in its workspace. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { type Product, type Ran, until } from "./product.ts";
import { untilStatus } from "./scripted.ts";
import type { Start } from "./ways.ts";

export interface Contained {
  readonly workspace: string;
  /** Starts a program as the agent's CLI would, and resolves with its end. */
  readonly run: (start: Start) => Promise<Ran>;
  readonly bash: (text: string) => Promise<Ran>;
  /** The same with no gate in the way: what is left is the sandbox alone. */
  readonly free: (text: string) => Promise<Ran>;
}

/** An agent can set its environment as it likes. */
export const NO_GATE: Readonly<Record<string, string>> = {
  BASH_ENV: "",
  ZDOTDIR: "",
  CONDUCTOR_GATE: "",
  PATH: "/usr/local/bin:/usr/bin:/bin",
};

/** Its whole program: one job per connection. What it prints makes it look like a CLI that waits. */
const RUNNER = `
const { spawn } = require("node:child_process");
const fs = require("node:fs");
fs.rmSync("runner.sock", { force: true });
require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
  let text = "";
  socket.on("error", () => undefined).on("data", (data) => (text += data)).on("end", () => {
    const { file, args, argv0, env } = JSON.parse(text);
    const child = spawn(file, args, { argv0, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: 20000 });
    const out = { code: 127, stdout: "", stderr: "" };
    child.stdout.on("data", (data) => (out.stdout += data));
    child.stderr.on("data", (data) => (out.stderr += data));
    const end = (code) => socket.end(JSON.stringify({ ...out, code: code ?? 1 }));
    child.on("error", () => end(127)).on("close", end);
  });
}).listen("runner.sock", () => process.stdout.write("ready\\n"));
process.stdin.on("end", () => process.exit(7)).resume();
process.on("SIGINT", () => fs.writeFileSync("interrupted", ""));
`;

const PROVIDER = `name: runner
displayName: Runner
verified: false
command: node
args: [.runner.cjs]
foreground: [node]
stableMs: 200
exit: { keys: [C-d] }
`;

export function runnerFiles(world: Product, workspace: string): void {
  mkdirSync(workspace, { recursive: true });
  mkdirSync(path.join(world.home, ".conductor/providers"), { recursive: true });
  writeFileSync(path.join(world.home, ".conductor/providers/runner.yaml"), PROVIDER);
  writeFileSync(path.join(workspace, ".runner.cjs"), RUNNER);
}

export function contained(
  world: Product,
  workspace?: string,
  ...how: readonly string[]
): Promise<Contained> {
  return runner(world, ["--gate", "contain", "--no-panel", ...how], workspace);
}

/** @param how  options of the launch */
export async function runner(
  world: Product,
  how: readonly string[],
  workspace = path.join(world.folder, "work"),
): Promise<Contained> {
  runnerFiles(world, workspace);
  const launch = ["launch", "--provider", "runner", "--name", "dev", "--cwd", workspace];
  await world.json(...launch, ...how);
  await untilStatus(world, "dev", "idle");
  const socket = path.join(workspace, "runner.sock");
  await until(() => existsSync(socket), "the agent listens");
  const run = (start: Start): Promise<Ran> => tell(socket, start);
  const bash = (text: string, env = {}) => run({ file: "/bin/bash", args: ["-c", text], env });
  return { workspace, run, bash: (text) => bash(text), free: (text) => bash(text, NO_GATE) };
}

async function tell(socket: string, start: Start): Promise<Ran> {
  const connection = connect(socket);
  connection.end(JSON.stringify(start));
  const answer: Ran = JSON.parse((await buffer(connection)).toString("utf8"));
  return answer;
}
