/** Notifications, put together: what is told by rules, what was told, and a try. */
import { newId } from "../base/ids.ts";
import type { Lifetime } from "../base/lifetime.ts";
import type { JournalEvent, NewEvent } from "../contract/events.ts";
import type { NotificationView, NotifyRuleView, NotifyTested } from "../contract/notify.ts";
import type { ApprovalStore } from "../core/approvals/index.ts";
import { redact } from "../core/policy/index.ts";
import type { Terminals } from "../core/terminals/index.ts";
import { Notifier, type NotifierPorts } from "./notifier.ts";
import { createTargets, type TargetPorts, type Told } from "./notify-targets.ts";

export interface NotificationPorts
  extends TargetPorts,
    Omit<NotifierPorts, "tell" | "subjectOf" | "isAbout"> {
  readonly terminals: () => Terminals;
  readonly approvals: Pick<ApprovalStore, "get">;
  readonly tellJournal: (event: NewEvent) => void;
}

export interface Notifications {
  /** Goes on with what the daemon before left; terminals are known by then. */
  start(): Promise<void>;
  rules(): Promise<NotifyRuleView[]>;
  list(limit: number): Promise<readonly NotificationView[]>;
  /** Tells each of these targets, or all that rules name, once and now. */
  test(to: readonly string[], signal: AbortSignal): Promise<NotifyTested[]>;
}

/** @throws {ConductorError} `config.invalid` where a rule's condition is wrong */
export function openNotifications(ports: NotificationPorts, lifetime: Lifetime): Notifications {
  const { config, store, terminals } = ports;
  const tell = createTargets(ports);
  const notifier = lifetime.own(
    new Notifier({
      ...ports,
      tell,
      subjectOf: (event) => subjectOf(ports, event),
      isAbout: (target, { subject, actor, data }) => {
        const name = target.startsWith("inbox:") ? target.slice("inbox:".length) : undefined;
        const id = name === undefined ? undefined : idOf(terminals(), name);
        return (
          id !== undefined &&
          [subject, actor, ...Object.values(data)].some(
            (each) => each === id || each === `agent:${id}`,
          )
        );
      },
    }),
  );
  return {
    start: () => notifier.start(),
    rules: async () => {
      const counts = await store.counts();
      return config.rules.map(({ name, on, when = null, to }) => ({
        name,
        on: [on].flat(),
        when,
        to,
        counts: counts.get(name) ?? { queued: 0, sent: 0, failed: 0, dropped: 0 },
      }));
    },
    list: (limit) => store.list(limit),
    test: (to, signal) => {
      const targets = to.length > 0 ? to : config.rules.flatMap((rule) => rule.to);
      return Promise.all([...new Set(targets)].map((target) => tryOut(target, signal)));
    },
  };

  async function tryOut(target: string, signal: AbortSignal): Promise<NotifyTested> {
    const now = ports.clock.now();
    const about = { type: "notification.tested", actor: "human", data: { target } };
    const event = { ...about, seq: 0, id: newId("e", now), time: now, subject: target };
    const told: Told = {
      id: newId("n", now),
      rule: "test",
      title: "conductor",
      body: "a test",
      event,
    };
    const attempt = await tell(target, told, signal);
    const error = attempt.kind === "told" ? null : attempt.error;
    const { title, body } = told;
    ports.tellJournal({ ...about, subject: told.id, data: { target, title, body, error } });
    return { target, error };
  }
}

/** The agent's name, and of an approval what is to be approved. */
async function subjectOf(
  { terminals, approvals }: Pick<NotificationPorts, "terminals" | "approvals">,
  { type, subject, data }: JournalEvent,
): Promise<string | undefined> {
  if (typeof data["title"] === "string") return undefined;
  const ids = [subject, String(data["terminal"])];
  const name = ids
    .map((id) => terminals().byId(id)?.record.name)
    .find((each) => each !== undefined);
  if (!type.startsWith("approval.")) return name;
  // It may be forgotten by now.
  const approval = await approvals.get(subject).catch(() => undefined);
  if (approval === undefined) return name;
  const { number, terminalName, action } = approval;
  return `${terminalName ?? "somebody"} asks (${number}): ${redact(action.text)}`;
}

function idOf(terminals: Terminals, ref: string): string | undefined {
  try {
    return terminals.find(ref).record.id;
  } catch {
    // Nobody is called so now: what is told there will say so.
    return undefined;
  }
}
