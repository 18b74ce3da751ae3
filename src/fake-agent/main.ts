import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { ReadStream, WriteStream } from "node:tty";
import { parseArgs } from "node:util";
import { ConductorError, describeError } from "../base/errors.ts";
import { Agent, type Ending } from "./agent.ts";
import { defaultScript, parseScript, type Script } from "./script.ts";

const USAGE = `usage: conductor fake-agent [--script FILE] [--receipts FILE]

A scripted agent for demos and tests: type a prompt, or a directive such as do:run ls.
  --script FILE     how it starts and answers (JSON, see docs/fake-agent.md)
  --receipts FILE   append one JSON line for each submitted prompt
`;

interface Options {
  readonly script: Script;
  readonly receipts: string | undefined;
  readonly isHelp: boolean;
}

/** Runs the scripted agent on this process's terminal; resolves with the exit code. */
export async function runFakeAgent(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (options.isHelp) process.stdout.write(USAGE);
    else return await inTerminal(options);
    return 0;
  } catch (error) {
    process.stderr.write(`fake-agent: ${describeError(error)}\n`);
    return error instanceof ConductorError && error.code === "usage.invalid" ? 2 : 1;
  }
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parse(argv);
  return {
    script: values.script === undefined ? defaultScript : readScript(values.script),
    receipts: values.receipts,
    isHelp: values.help === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        script: { type: "string" },
        receipts: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    throw new ConductorError("usage.invalid", describeError(cause), { cause });
  }
}

function readScript(file: string): Script {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConductorError("usage.invalid", `cannot read the script: ${describeError(cause)}`, {
      cause,
    });
  }
  return parseScript(json);
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function inTerminal(options: Options): Promise<number> {
  const { stdin, stdout } = process;
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    throw new ConductorError("usage.invalid", "stdin and stdout must be a terminal");
  }
  const { script, receipts } = options;
  const cwd = process.cwd();
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const agent = new Agent({ input: stdin, output: stdout, cwd, script, receipts, ended: resolve });
  const restore = (): void => agent[Symbol.dispose]();
  // Whatever goes wrong, the terminal is given back first.
  process.once("exit", restore);
  const stop = (signal: NodeJS.Signals): void => {
    restore();
    resolve({ code: 128 + constants.signals[signal] });
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  const ending = await promise;
  for (const signal of SIGNALS) process.off(signal, stop);
  stdin.unref();
  return carryOut(ending);
}

function carryOut(ending: Ending): number {
  if ("code" in ending) return ending.code;
  const signal = Object.keys(constants.signals).find((name) => name === ending.signal);
  if (signal !== undefined) process.kill(process.pid, signal);
  return 1;
}
