/** Places that every sandbox treats alike, whatever agent is in it. */

/** Fresh and empty for each agent: other programs keep their sockets there. */
export const SCRATCH = ["/tmp", "/var/tmp", "/run"] as const;

/** Of /run, what finding a name on the network or a program takes. */
export const SHOWN_OF_RUN = [
  "/run/systemd/resolve",
  "/run/resolvconf",
  "/run/NetworkManager/resolv.conf",
  "/run/nscd",
  "/run/current-system",
  "/run/opengl-driver",
] as const;

/** Of the home: made again, so an agent gets empty ones of its own. */
export const CACHES = [".cache", ".npm"] as const;

/** Of the home: what opens other doors. What only configures, as .npmrc does beside its token, stays. */
export const SECRETS =
  `.ssh .gnupg .aws .azure .kube .docker .netrc .git-credentials .pypirc .pgpass .vault-token
  .password-store .mozilla .config/gh .config/gcloud .config/hub .config/glab-cli .config/rclone
  .config/op .config/google-chrome .config/chromium .config/BraveSoftware .local/share/keyrings .Xauthority`.split(
    /\s+/,
  );

/** Variables that name doors out: sockets of the user's session, of other terminals and of keys. */
export const DOORS =
  `TMUX TMUX_PANE TMUX_TMPDIR SSH_AUTH_SOCK SSH_AGENT_PID GPG_AGENT_INFO DBUS_SESSION_BUS_ADDRESS
  XDG_RUNTIME_DIR DISPLAY WAYLAND_DISPLAY XAUTHORITY DOCKER_HOST CONTAINER_HOST
  VSCODE_IPC_HOOK_CLI VSCODE_GIT_IPC_HANDLE`.split(/\s+/);

/** Below a git folder: what makes git run something or look elsewhere; read-only, there or not. */
export const RUN_BY_GIT = ["config", "hooks", "info", "worktrees", "config.worktree"] as const;

/** The rest of `path` below `folder`; empty for the folder itself. */
export function under(path: string, folder: string): string | undefined {
  if (path === folder) return "";
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
}

export function isUnder(path: string, folder: string): boolean {
  return under(path, folder) !== undefined;
}
