/** What commands print whose words are known. Directives: those of POSIX printf that make text. */
import { type Field, isKnown, literal, type Stream, UNKNOWN } from "./field.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  e: "\u001B",
  f: "\f",
  v: "\v",
  "\\": "\\",
};

export function printfText(format: string, values: readonly string[]): string {
  const text = unescape(format);
  const wanted = text.match(/%(?:[-+ #0]*\d*(?:\.\d+)?)[sbqdiucxXo]/g)?.length ?? 0;
  if (wanted === 0) return text.replaceAll("%%", "%");
  let out = "";
  for (let at = 0; at === 0 || at < values.length; at += wanted)
    out += once(text, values.slice(at));
  return out;
}

function once(text: string, values: readonly string[]): string {
  let at = 0;
  return text.replace(
    /%%|%[-+ #0]*\d*(?:\.\d+)?([sbqdiucxXo])/g,
    (whole, kind: string | undefined) => {
      if (whole === "%%") return "%";
      const value = values[at] ?? "";
      at += 1;
      if (kind === "b") return unescape(value);
      if (kind === "c")
        return /^\d+$/.test(value)
          ? String.fromCodePoint(Math.min(Number(value), 0x10_ff_ff))
          : value.slice(0, 1);
      return value;
    },
  );
}

function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|(.))/gs,
    (
      whole,
      hex: string | undefined,
      unicode: string | undefined,
      octal: string | undefined,
      char: string,
    ) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (unicode !== undefined) return String.fromCodePoint(Number.parseInt(unicode, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ESCAPES[char] ?? whole;
    },
  );
}

/** What `command -v x` and `which x` print, well enough to see what is run by it. */
export function which(operands: readonly Field[]): Stream {
  const [name] = operands;
  if (name === undefined || !isKnown(name)) return UNKNOWN;
  return literal(`/usr/bin/${name.text}\n`);
}
