/** Settings of the private server that the product chooses. */
export interface ConfigChoices {
  readonly size: { readonly columns: number; readonly rows: number };
  /** What `prefix C` opens in a popup; none without it. */
  readonly panelCommand: string | undefined;
  /** The prefix of a person's own tmux; tmux's own without it. */
  readonly prefix: string | undefined;
  /** A person's own additions, read last. */
  readonly userConfig: string;
}

/**
 * The private server's configuration. It does not set `window-size manual`: with that in force the next
 * `new-session` kills the server (3.3a to 3.6a). Each agent's window is made manual by itself.
 */
export function tmuxConfig({ size, panelCommand, prefix, userConfig }: ConfigChoices): string {
  const lines = [
    "# Written by agent-conductor at every start; your own settings belong in",
    `# ${userConfig}`,
    `set -g default-size ${size.columns}x${size.rows}`,
    "set -g remain-on-exit on",
    "set -g history-limit 10000",
    "set -s escape-time 0",
    "set -g automatic-rename off",
    "set -g allow-rename off",
    "set -g update-environment ''",
    "set -g default-terminal tmux-256color",
    "set -s extended-keys on",
    "set -as terminal-features ',*:RGB:clipboard:extkeys'",
    "set -s set-clipboard on",
    "set -g mouse on",
    "set -g focus-events on",
    // A window follows the people who look at it, not those who look at another of its session.
    "setw -g aggressive-resize on",
    "set -g base-index 1",
    "set -g status on",
    "set -g status-interval 0",
    "set -g status-left '[#{?session_group,#{session_group},#{session_name}}] '",
    "set -g status-left-length 40",
    `set -g status-right "${pendingFormat()}"`,
    ...(prefix === undefined
      ? []
      : [`set -g prefix ${configQuote(prefix)}`, `bind-key ${configQuote(prefix)} send-prefix`]),
    ...(panelCommand === undefined
      ? []
      : [`bind-key C display-popup -E -w 80% -h 80% ${configQuote(panelCommand)}`]),
    `source-file -q ${configQuote(userConfig)}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Empty while nothing waits; the count is pushed, so the status line needs no timer. */
function pendingFormat(): string {
  const count = "#{@conductor_pending}";
  return `#{?#{&&:${count},#{!=:${count},0}},#[reverse] ${count} waiting #[noreverse] ,}`;
}

/** One word of a configuration, whatever is in it. */
function configQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
