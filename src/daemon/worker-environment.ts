/** The environment that a worker inherits: that of the shell from which its sender, or its sender's sender, was launched. */
import { delimiter } from "node:path";
import { agentEnvironment, type Environment } from "../base/environment.ts";
import type { HandoffRecord } from "../core/handoffs/index.ts";
import type { Journal } from "../core/journal/index.ts";
import { terminalOfActor } from "../core/messages/index.ts";
import type { Terminals } from "../core/terminals/index.ts";
import { environmentUnder } from "../drivers/process/environ.ts";

export interface WorkerEnvironments extends Disposable {
  /** A person's own, kept in memory until the handoff's worker is let go. */
  keep(handoffId: string, env: Readonly<Record<string, string>>): void;
  of(handoff: Pick<HandoffRecord, "id" | "from">): Readonly<Record<string, string>>;
}

export function createWorkerEnvironments(ports: {
  readonly terminals: () => Terminals;
  readonly journal: Journal;
  /** The daemon's own: what is left where nobody can be asked. */
  readonly own: Environment;
}): WorkerEnvironments {
  const kept = new Map<string, Readonly<Record<string, string>>>();
  const unfollow = ports.journal.follow(({ type, subject }) => {
    if (type === "handoff.released") kept.delete(subject);
  });
  return {
    keep: (handoffId, env) => void kept.set(handoffId, env),
    of: ({ id, from }) => {
      const sender = ports.terminals().byId(terminalOfActor(from) ?? "")?.record.pid ?? undefined;
      const theirs =
        sender === undefined ? undefined : environmentUnder(sender, "CONDUCTOR_TERMINAL_ID");
      return ungated(kept.get(id) ?? theirs ?? ports.own);
    },
    [Symbol.dispose]: unfollow,
  };
}

/** Without what our gate put there; what stood in its place comes back. */
export function ungated(env: Environment): Record<string, string> {
  const inherited = agentEnvironment(env);
  if (env["CONDUCTOR_GATE"] === undefined) return inherited;
  delete inherited["BASH_ENV"];
  delete inherited["ZDOTDIR"];
  const {
    CONDUCTOR_GATE_BASH_ENV: bash,
    CONDUCTOR_GATE_ZDOTDIR: zsh,
    CONDUCTOR_SHIMS: shims,
  } = env;
  if (bash !== undefined) inherited["BASH_ENV"] = bash;
  if (zsh !== undefined) inherited["ZDOTDIR"] = zsh;
  const folders = (inherited["PATH"] ?? "").split(delimiter).filter((each) => each !== shims);
  return { ...inherited, PATH: folders.join(delimiter) };
}
