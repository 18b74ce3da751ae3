/** The process's environment; the one place that reads it, everything else gets it as a value. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function environment(): Environment {
  return process.env;
}

/**
 * What an agent inherits from the shell that launched it: everything but our own variables and the
 * outer tmux's, which would point the agent at a server that is not its own.
 */
export function agentEnvironment(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || name.startsWith("CONDUCTOR_") || name.startsWith("TMUX")) continue;
    kept[name] = value;
  }
  return kept;
}
