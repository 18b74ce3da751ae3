/** Options that hand a tool a command to run: `--run`, `--exec`, `--prepare`. */
import type { Call } from "../call.ts";
import { field } from "../field.ts";

const RUNS =
  /^--?(exec|exec-batch|command|cmd|shell-command|prepare|setup|cleanup|conclude|on-?[A-Za-z]+|hook)$/;

/** What reads as a command in them is judged; a plain word is a value. */
export function commandOptions(call: Call, runs = RUNS): void {
  for (const [at, arg] of call.args.entries()) {
    const [, joinedName, joinedValue] = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(arg.text) ?? [];
    const name = joinedName ?? arg.text;
    if (!runs.test(name)) continue;
    const value = joinedValue ?? call.args[at + 1]?.text ?? "";
    if (/^\S+\s+\S/.test(value)) call.runText(field(value), { via: `${call.name} ${name}` });
  }
}
