export type Shell = "bash" | "zsh" | "fish";
export type ValueKind =
  | "terminals"
  | "sessions"
  | "approvals"
  | "agents"
  | "tasks"
  | "providers"
  | "profiles";

export interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly options: readonly string[];
  readonly subcommands: readonly string[];
  /** What its words name. */
  readonly values: ValueKind | undefined;
}

/** Options whose value is one of a list. */
const optionValues: readonly { readonly option: string; readonly kind: ValueKind }[] = [
  { option: "provider", kind: "providers" },
  { option: "profile", kind: "profiles" },
  { option: "session", kind: "sessions" },
  { option: "agent", kind: "agents" },
];

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

function listOf(kind: ValueKind): string {
  return `$(conductor completion ${kind} 2>/dev/null)`;
}

/** Words for a command: its subcommands, its options, and the names of what there is. */
function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, subcommands, values }) => {
    const words = [...subcommands, ...options].join(" ");
    const names = values === undefined ? "" : ` ${listOf(values)}`;
    return `      ${name}) words="${words}${names}" ;;`;
  });
  const names = commands.map(({ name }) => name).join(" ");
  return `_conductor() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names} help --help --version"
  else
    case \${COMP_WORDS[1]}:$previous in
${optionValues.map(({ option, kind }) => `      *:--${option}) words="${listOf(kind)}" ;;`).join("\n")}
      help:*) words="${names}" ;;
      completion:*) words="bash zsh fish" ;;
    *) case \${COMP_WORDS[1]} in
${cases.join("\n")}
      *) words="" ;;
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _conductor conductor agent-conductor
`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, about, options, subcommands, values }) => {
    const inside = `complete -c conductor -n "__fish_seen_subcommand_from ${name}"`;
    return [
      `complete -c conductor -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(about)}`,
      ...subcommands.map((word) => `${inside} -f -a ${word}`),
      ...options.map((option) => `${inside} ${fishOption(option.slice(2))}`),
      ...(values === undefined ? [] : [`${inside} -f -a ${fishList(values)}`]),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function fishOption(option: string): string {
  const found = optionValues.find((each) => each.option === option);
  return found === undefined ? `-l ${option}` : `-l ${option} -x -a ${fishList(found.kind)}`;
}

function fishList(kind: ValueKind): string {
  return `"(conductor completion ${kind} 2>/dev/null)"`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
