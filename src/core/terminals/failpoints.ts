/** Places in a terminal's life between what tmux knows and what is stored, where a test kills the daemon. */
export const TERMINAL_FAILPOINTS = [
  "launch.after-row",
  "launch.after-window",
  "turn.before-end",
  "turn.after-end",
  "stop.before-kill",
  "stop.after-kill",
] as const;
export type TerminalFailpoint = (typeof TERMINAL_FAILPOINTS)[number];
