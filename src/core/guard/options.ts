/** Options of a command as GNU and git read them: clusters, joined values, `--`, beginnings of long names. */
import type { Field } from "./field.ts";

export interface OptionSpec {
  /** Options that take the next word as their value, as written: `-C`, `--git-dir`. */
  readonly valued?: readonly string[];
  /** Options end at the first word that is none: for wrappers and tools with subcommands. */
  readonly leading?: boolean;
  /** One dash starts a long name: `-chdir`, `-name`. */
  readonly oneDash?: boolean;
}

export interface Option {
  /** As written, with its dashes and without its value: `-r`, `--force`. */
  readonly name: string;
  readonly value?: Field;
}

export interface Options {
  readonly options: readonly Option[];
  readonly operands: readonly Field[];
  /** Any of these, also as an unambiguous beginning: `--recurs` for `--recursive`. */
  has(...names: string[]): boolean;
  value(...names: string[]): Field | undefined;
  values(...names: string[]): Field[];
}

export function readOptions(args: readonly Field[], spec: OptionSpec = {}): Options {
  const options: Option[] = [];
  const operands: Field[] = [];
  const valued = new Set(spec.valued);
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at];
    if (arg === undefined) break;
    const { text } = arg;
    if (text === "--") {
      at += 1;
      break;
    }
    if (!text.startsWith("-") || text === "-") {
      if (spec.leading === true) break;
      operands.push(arg);
      continue;
    }
    const next = args[at + 1];
    const read = readOne(arg, next, valued, spec.oneDash === true);
    options.push(...read.options);
    if (read.tookNext) at += 1;
  }
  operands.push(...args.slice(at));
  return {
    options,
    operands,
    has: (...names) => options.some((one) => names.some((name) => matches(one.name, name))),
    value: (...names) =>
      options.find(
        (one) => one.value !== undefined && names.some((name) => matches(one.name, name)),
      )?.value,
    values: (...names) =>
      options
        .filter((one) => names.some((name) => matches(one.name, name)))
        .flatMap((one) => (one.value === undefined ? [] : [one.value])),
  };
}

function readOne(
  arg: Field,
  next: Field | undefined,
  valued: ReadonlySet<string>,
  oneDash: boolean,
): { options: Option[]; tookNext: boolean } {
  const { text } = arg;
  const [, name, value = ""] = /^(--?[^=]+)=(.*)$/s.exec(text) ?? [];
  if (text.startsWith("--") || oneDash) {
    if (name !== undefined)
      return { options: [{ name, value: { ...arg, text: value } }], tookNext: false };
    if (valued.has(text) && next !== undefined)
      return { options: [{ name: text, value: next }], tookNext: true };
    return { options: [{ name: text }], tookNext: false };
  }
  return readCluster(arg, next, valued);
}

function readCluster(
  arg: Field,
  next: Field | undefined,
  valued: ReadonlySet<string>,
): { options: Option[]; tookNext: boolean } {
  const options: Option[] = [];
  const letters = arg.text.slice(1).split("");
  for (const [at, letter] of letters.entries()) {
    const name = `-${letter}`;
    if (!valued.has(name)) {
      options.push({ name });
      continue;
    }
    const rest = letters.slice(at + 1).join("");
    if (rest !== "") options.push({ name, value: { ...arg, text: rest.replace(/^=/, "") } });
    else if (next !== undefined) options.push({ name, value: next });
    return { options, tookNext: rest === "" && next !== undefined };
  }
  return { options, tookNext: false };
}

function matches(written: string, name: string): boolean {
  if (written === name) return true;
  return name.startsWith("--") && written.length > 4 && name.startsWith(written);
}
