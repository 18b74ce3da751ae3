import { ConductorError } from "../../base/errors.ts";

/** Longest command line on any channel; a pty took 60 kB, longer text goes by file. */
export const MAX_COMMAND_BYTES = 16 * 1024;

const PLAIN = /^[A-Za-z0-9 _.,/:=+@-]$/;
const QUOTED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return PLAIN.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
});

/**
 * One argument of a command line for tmux, byte for byte. What could mean anything to tmux's parser
 * is written in octal, so nothing gets through that starts a command, a format or a variable.
 * @throws {ConductorError} `usage.invalid` for NUL, which a quoted string cannot carry
 */
export function quote(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  let quoted = '"';
  for (const byte of bytes) {
    if (byte === 0) throw new ConductorError("usage.invalid", "a tmux argument cannot hold NUL");
    quoted += QUOTED[byte] ?? "";
  }
  return `${quoted}"`;
}

/** Text that tmux expands as a format (names, shell commands of panes): `#` stays a `#`. */
export function formatLiteral(text: string): string {
  return text.replaceAll("#", "##");
}

/** The same where tmux also runs `strftime` over it. */
export function timeFormatLiteral(text: string): string {
  return formatLiteral(text).replaceAll("%", "%%");
}

/** One word for `sh`. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
