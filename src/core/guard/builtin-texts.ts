/** The shell's own commands that print a text. */
import { indexes } from "./builtin-variables.ts";
import type { Call } from "./call.ts";
import { type Field, field, isKnown, literal, type Stream } from "./field.ts";
import { printfText } from "./print.ts";

export function echo(call: Call): Stream {
  call.report("shell-state", "prints a text");
  const words = call.args.filter((arg, at) => !(at < 2 && /^-[neE]+$/.test(arg.text)));
  const remote = words.some((arg) => arg.remote);
  const secret = words.some((arg) => arg.secret);
  showsCredential(call, words);
  if (!words.every(isKnown)) return { origin: remote ? "remote" : "unknown", secret };
  const text = words.map((arg) => arg.text).join(" ");
  const escapes = call.args.some((arg) => /^-[nE]*e/.test(arg.text));
  return { ...literal(`${escapes ? printfText(text, []) : text}\n`), secret };
}

function showsCredential(call: Call, words: readonly Field[]): void {
  if (words.some((word) => word.credential)) call.report("read-secret", "prints a credential");
}

export function printf(call: Call): Stream {
  call.report("shell-state", "prints a text");
  const [format, ...values] = call.args[0]?.text === "-v" ? call.args.slice(2) : call.args;
  if (call.args[0]?.text === "-v") indexes(call, call.args.slice(1, 2));
  if (call.args[0]?.text === "-v" && call.args[1] !== undefined)
    call.scope.variables.set(
      call.args[1].text,
      format !== undefined && isKnown(format) && values.every(isKnown)
        ? [
            field(
              printfText(
                format.text,
                values.map((each) => each.text),
              ),
            ),
          ]
        : undefined,
    );
  const secret = values.some((each) => each.secret);
  showsCredential(call, values);
  if (format === undefined || !isKnown(format) || !values.every(isKnown))
    return { origin: values.some((each) => each.remote) ? "remote" : "unknown", secret };
  return {
    ...literal(
      printfText(
        format.text,
        values.map((each) => each.text),
      ),
    ),
    secret,
  };
}
