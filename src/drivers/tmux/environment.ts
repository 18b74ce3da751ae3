const CARRIED =
  /^(HOME|PATH|SHELL|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|TMUX_TMPDIR|XDG_[A-Z_]+|SSH_AUTH_SOCK|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS)$/;

/**
 * The environment of the server itself, which every window inherits. It is short: an agent gets that
 * of the shell which launched it, not what the daemon happened to be started with.
 */
export function tmuxEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const carried: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && CARRIED.test(name)) carried[name] = value;
  }
  return carried;
}
