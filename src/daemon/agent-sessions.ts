/** An agent CLI's own session: the id it is given, and the folder in which it writes it down. */
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { LaunchSpec } from "../core/terminals/index.ts";

export interface AgentSession extends Pick<LaunchSpec, "agentSession" | "transcriptRoot"> {
  /** Arguments that give it its id, or resume the one that was asked for. */
  readonly args: readonly string[];
}

export function agentSession(
  provider: Pick<ProviderDefinition, "session" | "resume" | "transcript">,
  asked: { readonly resume?: string | undefined; readonly args: readonly string[] },
  env: Readonly<Record<string, string>>,
): AgentSession {
  const root = rootOf(provider, env);
  const rest = root === undefined ? {} : { transcriptRoot: root };
  const fill = (args: readonly string[], id: string): string[] =>
    args.map((arg) => arg.replaceAll("{session}", id));
  if (asked.resume !== undefined && provider.resume !== undefined)
    return { ...rest, agentSession: asked.resume, args: fill(provider.resume, asked.resume) };
  const { session } = provider;
  if (session === undefined || choosesSession(provider, asked.args)) return { ...rest, args: [] };
  const id = crypto.randomUUID();
  return { ...rest, agentSession: id, args: fill(session.args, id) };
}

/** A person's own `--continue` names another session, and some CLIs refuse both. */
export function choosesSession(
  { session }: Pick<ProviderDefinition, "session">,
  args: readonly string[],
): boolean {
  return session !== undefined && args.some((arg) => isOneOf(arg, session.unless));
}

function isOneOf(arg: string, flags: readonly string[]): boolean {
  return flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`));
}

function rootOf(
  { transcript }: Pick<ProviderDefinition, "transcript">,
  env: Readonly<Record<string, string>>,
): string | undefined {
  if (transcript === undefined) return undefined;
  const { env: variable, folder } = transcript.root;
  const own = variable === undefined ? undefined : env[variable];
  return own === undefined || own === "" ? join(env["HOME"] ?? homedir(), folder) : own;
}

/** As the CLI itself sees its folder. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
