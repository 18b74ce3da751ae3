/** Whether an agent that ended can go on with the conversation that its CLI has kept. */
import { existsSync } from "node:fs";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { TerminalRecord } from "../core/terminals/index.ts";
import { transcriptPath } from "../core/transcripts/index.ts";
import { choosesSession, realFolder } from "./agent-sessions.ts";

/** The id to resume, or why there is none. */
export type Resumption = { readonly resume: string } | { readonly fresh: string };

export interface LastRun {
  readonly record: Pick<TerminalRecord, "cwd" | "launch">;
  /** The session file that was followed last. */
  readonly file: string | undefined;
}

export function resumption(
  provider: Pick<
    ProviderDefinition,
    "resume" | "session" | "transcript" | "displayName" | "contain"
  >,
  last: LastRun | undefined,
  args: readonly string[],
): Resumption {
  if (last === undefined) return { fresh: "it had none before" };
  const { displayName, resume } = provider;
  if (resume === undefined || !namesSession(resume))
    return { fresh: `${displayName} resumes none by its id` };
  if (choosesSession(provider, args)) return { fresh: "its own arguments choose one" };
  const { agentSession: id } = last.record.launch;
  if (id === undefined) return { fresh: "the last one's id is not known" };
  if (last.record.launch.gate === "contain" && !provider.contain.resumes)
    return { fresh: `contained, ${displayName} keeps nothing` };
  if (isKept(provider, last, id)) return { resume: id };
  return { fresh: `${displayName} has kept nothing of the last one, ${id}` };
}

/** No argument at all is needed where it is told otherwise. */
function namesSession(resume: readonly string[]): boolean {
  return resume.length === 0 || resume.some((arg) => arg.includes("{session}"));
}

/** A CLI writes nothing down before the first prompt, and ends at once when told to resume what it has not. */
function isKept(
  { transcript }: Pick<ProviderDefinition, "transcript">,
  { record, file }: LastRun,
  id: string,
): boolean {
  const { cwd, launch } = record;
  if (transcript === undefined || launch.transcriptRoot === undefined) return true;
  const root = realFolder(launch.transcriptRoot);
  const exact = transcriptPath({ root, path: transcript.path, cwd: realFolder(cwd), session: id });
  const kept = exact.file ?? file;
  return kept === undefined || existsSync(kept);
}
