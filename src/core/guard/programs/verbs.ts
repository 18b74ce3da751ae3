/** Tools with subcommands, as a table: which verbs only look, and what all the others amount to. */
import type { Call, Judge } from "../call.ts";
import type { Deed } from "../facts.ts";
import { type Field, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { type Options, readOptions } from "../options.ts";
import { mayBeCommand } from "./command-names.ts";
import { commandOptions, handedOn } from "./command-options.ts";

export interface VerbTool {
  readonly valued?: readonly string[];
  readonly oneDash?: boolean;
  /** Matched against the first words: `state list`. */
  readonly reads?: RegExp;
  readonly builds?: RegExp;
  readonly secrets?: RegExp;
  /** A word that makes it a change where it comes before any that looks. */
  readonly changes?: RegExp;
  readonly others?: readonly (readonly [RegExp, Deed])[];
  /** What every other verb is. */
  readonly deed: Deed;
  /** Without any words; else it tells about itself. */
  readonly bare?: Deed;
  /** Options that make any verb only show. */
  readonly dry?: readonly string[];
  readonly also?: (call: Call, read: Options, words: string) => void;
}

const ASKS = /^(--?help|help|--?version|version|-h|-v|-V|completion|completions|--usage)( |$)/;

export function verbTool(tool: VerbTool): Judge {
  return (call: Call): Stream => {
    const read = readOptions(call.args, {
      valued: tool.valued ?? [],
      oneDash: tool.oneDash === true,
    });
    const words = read.operands
      .slice(0, 4)
      .map((one) => one.text)
      .join(" ");
    tool.also?.(call, read, words);
    const deed = deedOf(call, tool, read, words);
    if (tool.also === undefined) handedOn(call, mayBeCommand);
    commandOptions(call);
    call.report(deed, `${call.name} ${words}`.trim());
    if (SENDS.has(deed) || UPLOADS.test(words)) sendsSecrets(call, read);
    if (deed === "process-kill" && /conductor/i.test(words))
      call.report("guard-tamper", "ends the guard");
    return { ...UNKNOWN, secret: call.args.some((arg: Field) => arg.secret) };
  };
}

/** Verbs that put a file somewhere else, whatever the tool takes itself to be. */
const UPLOADS =
  /(^|[ :-])(upload|upload-batch|put|put-object|cp|copy|copyto|sync|rsync|mv|push|import|publish|send|create|comment|rcat|pipe|deploy)( |$)/;

const SENDS: ReadonlySet<Deed> = new Set(["send-data", "publish"]);

function sendsSecrets(call: Call, read: Options): void {
  const secret =
    call.stdin.secret ||
    call.args.some((arg) => arg.secret) ||
    call.args.map(fileIn).some((one) => /[/.~]/.test(one.text) && call.target(one).secret) ||
    read.operands.some((one) => one.secret);
  if (secret) call.report("send-secret", "sends credentials away");
}

function changesFirst(tool: VerbTool, words: string): boolean {
  const all = words.split(" ");
  const at = all.findIndex((word) => tool.changes?.test(word) === true);
  return at >= 0 && !all.slice(0, at).some((word) => tool.reads?.test(word) === true);
}

/** `--file=.env`, `@.env`, `fileb://.env`. */
function fileIn(arg: Field): Field {
  return { ...arg, text: arg.text.replace(/^--?[\w-]+=/, "").replace(/^(@|fileb?:\/\/)/, "") };
}

function deedOf(call: Call, tool: VerbTool, read: Options, words: string): Deed {
  const help =
    read.has("--help", "-help") ||
    (call.args.length === 1 && read.has("-h")) ||
    (call.args.length === 0 && tool.reads !== undefined) ||
    (words === "" && read.has("--version", "-version", "-v", "-V"));
  if (call.args.length === 0 && tool.bare !== undefined) return tool.bare;
  if (help || ASKS.test(words)) return "read";
  if (read.operands[0] !== undefined && !isKnown(read.operands[0])) return "run-unresolved";
  if (tool.secrets?.test(words) === true) return "read-secret";
  if (read.has(...(tool.dry ?? ["--dry-run"]))) return "read";
  if (tool.builds?.test(words) === true) return "build";
  if (tool.reads?.test(words) === true && !changesFirst(tool, words)) return "read";
  return tool.others?.find(([verb]) => verb.test(words))?.[1] ?? tool.deed;
}
