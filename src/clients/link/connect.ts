import { readFileSync } from "node:fs";
import type { Environment } from "../../base/environment.ts";
import { ConductorError } from "../../base/errors.ts";
import type { Paths } from "../../base/paths.ts";
import { Client } from "./client.ts";

export interface ConnectOptions {
  readonly paths: Paths;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** A client for the daemon as it is now; nothing is sent before the first call. */
export function connect(options: ConnectOptions): Client {
  return new Client({
    socket: doorOf(options),
    token: callerToken(options),
    signal: options.signal,
  });
}

/** A contained agent does not see the socket. */
export function doorOf({ env, paths }: ConnectOptions): string {
  return (env["CONDUCTOR_GATE"] === "contain" ? env["CONDUCTOR_URL"] : undefined) ?? paths.socket;
}

/** An agent's calls bear the agent's own token, also where it could read the human's. */
function callerToken({ env, paths }: ConnectOptions): string | undefined {
  const own = env["CONDUCTOR_TOKEN"];
  if (own !== undefined && own !== "") return own;
  try {
    const token = readFileSync(paths.token, "utf8").trim();
    return token === "" ? undefined : token;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ConductorError("auth.missing", `the token file ${paths.token} cannot be read`, {
      cause: error,
      hint: `chmod 600 ${paths.token}`,
    });
  }
}

function isMissing(error: unknown): boolean {
  const missing = ["ENOENT", "ENOTDIR"];
  return error instanceof Error && "code" in error && missing.includes(String(error.code));
}

/** No daemon is there (as opposed to one that went away while it answered). */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof ConductorError &&
    error.code === "daemon.unreachable" &&
    error.data["absent"] === true
  );
}
