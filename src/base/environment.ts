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
  return { ...kept, ...pastProxies(kept) };
}

const PROXIES = [
  "http_proxy",
  "HTTP_PROXY",
  "https_proxy",
  "HTTPS_PROXY",
  "all_proxy",
  "ALL_PROXY",
];
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];

/** What an agent's hooks tell us, its token with it, is for no proxy. */
function pastProxies(env: Environment): Record<string, string> {
  if (!PROXIES.some((name) => env[name])) return {};
  const past = ["no_proxy", "NO_PROXY"].flatMap((name) => (env[name] ?? "").split(","));
  const all = [...new Set([...past.map((host) => host.trim()).filter(Boolean), ...LOOPBACK])];
  const value = all.join(",");
  return { no_proxy: value, NO_PROXY: value };
}
