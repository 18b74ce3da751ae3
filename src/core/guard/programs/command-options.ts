/** Commands that a tool is handed: as the value of an option, or behind `exec`, `run` and `--`. */
import type { Call } from "../call.ts";
import { field, isKnown, wordAt } from "../field.ts";

const RUNS =
  /^--?(exec|exec-batch|command|cmd|shell|shell-command|prepare|setup|cleanup|conclude|on-?[A-Za-z]+|hook|toolexec)$/;

/** What reads as a command in them is judged; a plain word is a value. */
export function commandOptions(call: Call, runs = RUNS): void {
  for (const [at, arg] of call.args.entries()) {
    const [, joinedName, joinedValue] = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(arg.text) ?? [];
    const name = joinedName ?? arg.text;
    if (!runs.test(name)) continue;
    const value = joinedValue ?? wordAt(call.args, at + 1);
    if (/^\S+\s+\S/.test(value)) call.runText(field(value), { via: `${call.name} ${name}` });
  }
}

/** Their `run` starts the project's own program, and what follows are its words. */
const RUNS_OWN = /^(cargo|go|dotnet|swift|zig|flutter|dart|dub|nim|nimble|spago|gleam|melos|tilt)$/;
const HANDS_ON = /^(exec|x|run|shell|develop|watch|tool)$/;

/** `nixpkgs#jq`, `/bin/rm`, `node@20`. */
function programIn(word: string): string {
  return word.replace(/^.*[/#]/, "").replace(/@.*$/, "");
}

/** `mise exec -- rm`, `conda run -n env rm`: the words behind, from the first that is a command. */
export function handedOn(call: Call, isCommand: (name: string) => boolean): void {
  const verb = call.args.findIndex((arg) => HANDS_ON.test(arg.text));
  if (verb < 0 || verb > 3 || !call.args.slice(0, verb).every((arg) => isKnown(arg))) return;
  if (RUNS_OWN.test(call.name) && call.args[verb]?.text === "run") return;
  const rest = call.args.slice(verb + 1);
  const dashes = rest.findIndex((arg) => arg.text === "--");
  const at =
    dashes >= 0
      ? dashes + 1
      : rest.findIndex((arg) => !/\s/.test(arg.text) && isCommand(programIn(arg.text)));
  const words = at < 0 ? [] : rest.slice(at);
  if (words.length === 0) return;
  const [first, ...others] = words;
  const via = { via: `${call.name} ${wordAt(call.args, verb)}` };
  // `nix run nixpkgs#bash -- -c TEXT`: the words before name the program.
  const [, flake] = /#([\w.-]+)$/.exec(wordAt(rest, 0)) ?? [];
  if (first?.text.startsWith("-") && flake !== undefined) call.run([field(flake), ...words], via);
  else if (first !== undefined) call.run([first, ...others], via);
}
