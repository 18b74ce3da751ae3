import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "./duration.ts";
import { EXIT_CODES } from "./exit-codes.ts";

export interface JsonOption {
  readonly json?: boolean;
}

/** A command of ours: `--json`, examples below its help, and no exit from inside the parser. */
export function command(name: string, about: string, examples: readonly string[]): Command {
  return bare(name, about, examples).option("--json", "print one JSON envelope");
}

/** The same without `--json`: for groups of commands, and where there is nothing to wrap. */
export function bare(name: string, about: string, examples: readonly string[]): Command {
  const shown = examples
    .map((example) => (example.includes("conductor ") ? example : `conductor ${example}`))
    .map((example) => `  $ ${example}\n`)
    .join("");
  return new Command(name)
    .description(about)
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", `\nExamples:\n${shown}\n${EXIT_CODES}`);
}

/** Option values given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Commander's form of a bad value. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new InvalidArgumentError("write it as 30s, 10m, 2h or 1d.");
  }
  return ms;
}

export function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("it is a whole number.");
  return Number(text);
}

export function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError("it is a whole number.");
  return Number(text);
}

export function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) throw new InvalidArgumentError(`it is one of ${values.join(", ")}.`);
    return value;
  };
}
