/** The end of a session, or of all. */
import { ConductorError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { ShutdownOutcome } from "../contract/terminals.ts";
import type { Terminals } from "../core/terminals/index.ts";

export interface ShutdownPorts {
  readonly terminals: () => Terminals;
  readonly endSession: (session: string) => Promise<void>;
  /** Gives back the tasks under way and takes no others; false where none are taken anyway. */
  readonly autoOff: () => Promise<boolean>;
}

/** Asks agents to leave, ends what does not, then their sessions. */
export async function shutdown(
  ports: ShutdownPorts,
  asked: { session?: string | undefined; all: boolean },
): Promise<ShutdownOutcome> {
  const live = ports.terminals().live();
  const sessions = new Set(live.map(({ record }) => record.session));
  refuseUnknown(ports.terminals(), asked.session);
  const chosen = asked.session ?? (sessions.size === 1 ? [...sessions][0] : undefined);
  if (!asked.all && chosen === undefined && sessions.size > 1) {
    throw new ConductorError(
      "usage.invalid",
      `${sessions.size} sessions run: ${[...sessions].join(", ")}`,
      {
        hint: "name one with --session, or say --all",
      },
    );
  }
  const leaving = live.filter(({ record }) => asked.all || record.session === chosen);
  const doesTasks = asked.session === undefined || leaving.some(({ record }) => record.agentId);
  const outcome: ShutdownOutcome = {
    stopped: [],
    killed: [],
    autoOff: doesTasks && (await ports.autoOff()),
  };
  await Promise.all(
    leaving.map(async (terminal) => {
      const how = await ports.terminals().stop(terminal, { actor: "human", force: false });
      (how === "left" ? outcome.stopped : outcome.killed).push(terminal.record.name);
    }),
  );
  for (const session of endingSessions(ports, asked, sessions)) await ports.endSession(session);
  return outcome;
}

/** One whose agents have all left is known: its side pane may still stand there. */
function refuseUnknown(terminals: Terminals, session: string | undefined): void {
  const known = [...new Set(terminals.all().map(({ record }) => record.session))];
  if (session === undefined || known.includes(session)) return;
  throw new ConductorError("not_found", `no session is called ${session}`, {
    hint: `${didYouMean(session, known)}conductor ls --all`,
  });
}

/** Also those whose agents have all left: a side pane may still stand there. */
function endingSessions(
  ports: ShutdownPorts,
  asked: { session?: string | undefined; all: boolean },
  running: ReadonlySet<string>,
): readonly string[] {
  if (asked.session !== undefined) return [asked.session];
  if (!asked.all && running.size > 0) return [...running];
  const all = ports.terminals().all();
  return [...new Set(all.map(({ record }) => record.session))];
}
