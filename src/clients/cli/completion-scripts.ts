export type Shell = "bash" | "zsh" | "fish";

export interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly options: readonly string[];
  readonly subcommands: readonly string[];
  /** Its first word is a terminal's name. */
  readonly takesTerminal: boolean;
}

export function scriptFor(shell: Shell, commands: readonly CommandWords[]): string {
  return SCRIPTS[shell](commands);
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash,
  fish,
  // zsh reads bash's completions.
  zsh: (commands) =>
    `#compdef conductor agent-conductor\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`,
};

/** Words for a command: its subcommands, its options, and the names of what runs. */
function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, subcommands, takesTerminal }) => {
    const words = [...subcommands, ...options].join(" ");
    const names = takesTerminal ? " $(conductor completion names 2>/dev/null)" : "";
    return `    ${name}) words="${words}${names}" ;;`;
  });
  return `_conductor() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case \${COMP_WORDS[1]} in
${cases.join("\n")}
    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _conductor conductor agent-conductor
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, about, options, subcommands, takesTerminal }) => {
    const inside = `complete -c conductor -n "__fish_seen_subcommand_from ${name}"`;
    return [
      `complete -c conductor -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(about)}`,
      ...subcommands.map((word) => `${inside} -f -a ${word}`),
      ...options.map((option) => `${inside} -l ${option.slice(2)}`),
      ...(takesTerminal ? [`${inside} -f -a "(conductor completion names 2>/dev/null)"`] : []),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
