import { constants, homedir } from "node:os";
import { isatty } from "node:tty";
import { parseArgs } from "node:util";
import { ConductorError, describeError } from "../base/errors.ts";
import { Agent, type Ending } from "./agent.ts";
import { readScript } from "./script-file.ts";
import { Transcript } from "./transcript.ts";

const USAGE = `usage: conductor fake-agent [--script FILE] [--receipts FILE] [--settings FILE]
                            [--session-id ID | --resume ID] [--light [--pool DIR]]
       conductor fake-agent --drive DIR [--until-empty]

A scripted agent for demos and tests: type a prompt, or a directive such as do:run ls.
  --script FILE     how it starts and answers (JSON, see docs/fake-agent.md)
  --receipts FILE   append one JSON line for each submitted prompt
  --settings FILE   hooks that do:tool asks, in the format of Claude Code's settings
  --session-id ID   write the session down in ~/.fake-agent, as Claude Code does
  --resume ID       go on with that session; ends where there is none
  --light           use little memory: one process drives all light panes
  --pool DIR        where light panes and their driver meet
  --drive DIR       drive the panes of DIR until a signal
  --until-empty     or until no pane is left
`;

type Options = ReturnType<typeof parseOptions>;

/** Runs the scripted agent on this process's terminal; resolves with the exit code. */
export async function runFakeAgent(argv: readonly string[]): Promise<number> {
  try {
    return await run(parseOptions(argv), argv);
  } catch (error) {
    process.stderr.write(`fake-agent: ${describeError(error)}\n`);
    return error instanceof ConductorError && error.code === "usage.invalid" ? 2 : 1;
  }
}

// Each way of running loads only what it needs: an agent has to start fast.
async function run(options: Options, argv: readonly string[]): Promise<number> {
  if (options.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options.drive !== undefined) {
    const { drive } = await import("./driver.ts");
    return drive({ pool: options.drive, untilEmpty: options["until-empty"] === true });
  }
  if (!isatty(0) || !isatty(1)) {
    throw new ConductorError("usage.invalid", "stdin and stdout must be a terminal");
  }
  if (options.light !== true) return inTerminal(options);
  const { becomeSeat } = await import("./light.ts");
  const { script, receipts, pool } = options;
  const program = process.argv.slice(1, process.argv.length - argv.length);
  return becomeSeat({ pool, script, receipts, program });
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        script: { type: "string" },
        receipts: { type: "string" },
        settings: { type: "string" },
        "session-id": { type: "string" },
        resume: { type: "string" },
        light: { type: "boolean" },
        pool: { type: "string" },
        drive: { type: "string" },
        "until-empty": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (cause) {
    throw new ConductorError("usage.invalid", describeError(cause), { cause });
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function inTerminal(options: Options): Promise<number> {
  const { stdin: input, stdout: output } = process;
  const cwd = process.cwd();
  const { receipts, settings } = options;
  const script = readScript(options.script);
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const sessionId = options.resume ?? options["session-id"];
  const transcript =
    sessionId === undefined ? undefined : new Transcript(homedir(), cwd, sessionId);
  if (options.resume !== undefined && transcript?.exists() !== true) {
    process.stderr.write(`No conversation found with session ID: ${options.resume}\n`);
    return 1;
  }
  const files = { receipts, settings, transcript };
  let agent: Agent | undefined;
  const restore = (): void => agent?.[Symbol.dispose]();
  // Whatever goes wrong, the terminal is given back first.
  process.once("exit", restore);
  const stop = (signal: NodeJS.Signals): void => {
    restore();
    resolve({ code: 128 + constants.signals[signal] });
  };
  // Heard before the first thing is drawn: a signal may be the answer to it.
  for (const signal of SIGNALS) process.once(signal, stop);
  agent = new Agent({ input, output, cwd, script, ...files, ended: resolve });
  // One that hangs from its start reads nothing, and would end for want of anything to do.
  const awake = setInterval(() => undefined, 60_000);
  const ending = await promise;
  clearInterval(awake);
  for (const signal of SIGNALS) process.off(signal, stop);
  input.unref();
  return carryOut(ending);
}

function carryOut(ending: Ending): number {
  if ("code" in ending) return ending.code;
  const signal = Object.keys(constants.signals).find((name) => name === ending.signal);
  if (signal === undefined) return 1;
  // A listener of whoever started us would swallow it.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return 1;
}
