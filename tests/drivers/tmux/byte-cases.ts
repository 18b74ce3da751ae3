export interface ByteCase {
  readonly name: string;
  readonly bytes: Buffer;
}

const text = (name: string, value: string): ByteCase => ({
  name,
  bytes: Buffer.from(value, "utf8"),
});
const controls = Array.from({ length: 31 }, (_, index) => index + 1);

/** Texts that have gone wrong on the way to a pane; NUL, the 21st, is refused and tested apart. */
export const BYTE_CASES: readonly ByteCase[] = [
  text("a leading dash", "-l -- -X cancel"),
  text("a trailing semicolon", "echo a ;"),
  text("an escaped trailing semicolon", "echo a \\;"),
  text("a format", "#{pane_id} #(touch x) #[fg=red] ##"),
  text("percent signs", "%end 1 2 1 100%d %output %1 x"),
  text("dollars", "$HOME ${HOME} $(id) $$"),
  text("tildes", "~ ~root ~/x"),
  text("quotes", `'single' "double" \`back\``),
  text("backslashes", "\\ \\\\ \\n \\033 \\u00e9 \\"),
  text("newlines", "one\ntwo\n\nthree\n"),
  text("carriage returns", "one\rtwo\r\nthree\r"),
  text("tabs", "\ta\t\tb"),
  { name: "all controls", bytes: Buffer.from([...controls, 127]) },
  text("escape sequences", "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1bOA"),
  text("key names", "Enter C-c Escape Up F1 M-x"),
  text("braces", "{ kill-server } }{ {"),
  text("a comment", "# not a comment\n#x"),
  text("UTF-8 with a joined emoji", "é ü 漢字 👩‍👩‍👧‍👦 \u200d\u{1F468}\u200d\u{1F4BB}"),
  { name: "invalid UTF-8", bytes: Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28, 0xe6, 0xbc, 0x62]) },
  text("command separators and conditions", "a && b || c | d & %if 1 %endif"),
];
