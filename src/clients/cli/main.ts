import { ConductorError } from "../../base/errors.ts";
import { nearest } from "../../base/nearest.ts";
import { VERSION } from "../../base/version.ts";
import { COMMANDS } from "./commands.ts";
import type { Context } from "./context.ts";
import { reportFailure } from "./report.ts";
import { rootHelp } from "./root-help.ts";

/** Runs one command to its end and returns the exit code; everything it says goes to the context's sinks. */
export async function runCli(argv: readonly string[], context: Context): Promise<number> {
  const [words, tail] = splitTail(argv);
  try {
    return await dispatch(words, tail, context);
  } catch (error) {
    return reportFailure(error, context, words.includes("--json"));
  }
}

async function dispatch(
  words: readonly string[],
  tail: readonly string[],
  context: Context,
): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "-h" || name === "--help") {
    context.stdout.write(rootHelp());
    return 0;
  }
  if (name === "-V" || name === "--version") {
    context.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (name === "help") return dispatch(rest.length === 0 ? [] : [...rest, "--help"], [], context);
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw unknownCommand(name);
  const handsOn = entry.handsOnTail === true;
  const module = await entry.load();
  const command = module.build(context, { tail: handsOn ? tail : [], commands: COMMANDS });
  named(command, `conductor ${name}`, context);
  const operands = handsOn || tail.length === 0 ? rest : [...rest, "--", ...tail];
  try {
    await command.parseAsync(operands, { from: "user" });
  } catch (error) {
    if (isShownHelp(error)) return 0;
    throw error;
  }
  return 0;
}

function splitTail(argv: readonly string[]): [readonly string[], readonly string[]] {
  const at = argv.indexOf("--");
  return at === -1 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
}

interface Nameable {
  name(text: string): unknown;
  configureOutput(output: { writeOut(text: string): void }): unknown;
  readonly commands: readonly Nameable[];
}

/** Help names the whole command and goes to our output, in groups too. */
function named(command: Nameable, name: string, context: Context): void {
  command.name(name);
  const writeOut = (text: string): void => void context.stdout.write(text);
  for (const each of [command, ...command.commands]) each.configureOutput({ writeOut });
}

function isShownHelp(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "commander.helpDisplayed" || error.code === "commander.help")
  );
}

function unknownCommand(name: string): ConductorError {
  const near = nearest(name, Object.keys(COMMANDS));
  return new ConductorError("usage.invalid", `there is no command ${JSON.stringify(name)}`, {
    hint: near === undefined ? "conductor --help" : `did you mean: conductor ${near}`,
  });
}
