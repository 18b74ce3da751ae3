/** An agent's session over its terminal, its inbox and its turns; what drives the terminal makes no difference. */
import { ConductorError } from "../base/errors.ts";
import type { MessageView } from "../contract/messages.ts";
import type { UsageAmounts } from "../contract/usage.ts";
import {
  type AgentSession,
  nextPromptStep,
  type Prompt,
  type PromptEnd,
  type SessionStatus,
  type SessionUpdate,
} from "../core/agents/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { MessageStore } from "../core/messages/index.ts";
import type { AgentEvent, Terminal, Terminals } from "../core/terminals/index.ts";
import { type TranscriptStore, usageTotal } from "../core/transcripts/index.ts";
import type { Catalog } from "./catalog.ts";
import { firstPrompt } from "./launch-plan.ts";
import type { Postman } from "./postman.ts";
import type { StopWork } from "./stop-work.ts";

export interface SessionPorts {
  readonly terminals: () => Terminals;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly postman: Pick<Postman, "send">;
  readonly catalog: Pick<Catalog, "running" | "profiles">;
  readonly usage: TranscriptStore["usage"];
  readonly stopWork: StopWork;
  /** Calls the listener with each word of that terminal's agent. */
  readonly words: (terminalId: string, listener: (event: AgentEvent) => void) => () => void;
}

export function terminalSession(ports: SessionPorts, id: string): AgentSession {
  return {
    id,
    prompt: (prompt, { signal }) => runPrompt(ports, id, { prompt, signal }),
    onUpdate: (listener) => follow(ports, id, listener),
    onPermission: (listener) =>
      ports.journal.follow(({ type, subject, data }) => {
        if (type === "approval.requested" && data["terminal"] === id)
          listener({ approvalId: subject, kind: String(data["kind"]) });
      }),
    cancel: (key) => cancel(ports, id, key),
    status: () => statusOf(terminalOf(ports, id)),
    close: async () => {
      const terminal = terminalOf(ports, id);
      if (terminal.isLive)
        await ports.terminals().stop(terminal, { actor: "daemon", force: false });
    },
  };
}

async function runPrompt(
  ports: SessionPorts,
  id: string,
  { prompt, signal }: { readonly prompt: Prompt; readonly signal: AbortSignal },
): Promise<PromptEnd> {
  const { id: messageId } = await submit(ports, id, prompt);
  for (;;) {
    const change = nextChange(ports.journal, [id, messageId], signal);
    try {
      const seen = agentSeen(terminalOf(ports, id));
      const step = nextPromptStep(await ports.messages.get(messageId), seen);
      if (step.kind === "fail") throw step.error;
      if (step.kind === "end") {
        const { stopReason, turn } = step;
        return { stopReason, turn, result: turn.result, usage: await usageOf(ports, id, turn.id) };
      }
      if (signal.aborted) throw new ConductorError("timeout", "the wait for the turn was ended");
      await change.happened;
    } finally {
      change.stop();
    }
  }
}

/** Resolves with the first event that concerns one of these, or when nobody waits any more. */
function nextChange(journal: Journal, ids: readonly string[], signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unfollow = journal.follow(({ subject, data }) => {
    if (ids.includes(subject) || ids.includes(String(data["message"]))) resolve();
  });
  const wake = () => resolve();
  signal.addEventListener("abort", wake, { once: true });
  if (signal.aborted) resolve();
  const stop = () => {
    unfollow();
    signal.removeEventListener("abort", wake);
  };
  return { happened: promise, stop };
}

async function submit(ports: SessionPorts, id: string, prompt: Prompt): Promise<MessageView> {
  const before = await ports.messages.byKey(id, prompt.key);
  if (before !== undefined) return before;
  const { key: dedupeKey, ttlMs } = prompt;
  const asked = { to: id, body: await bodyOf(ports, id, prompt), dedupeKey };
  const [message] = await ports.postman.send(
    ttlMs === undefined ? asked : { ...asked, ttlMs },
    prompt.from,
  );
  if (message === undefined) throw new Error(`the prompt ${prompt.key} became no message`);
  return message;
}

/** A CLI without an option for its role is told that with its first prompt. */
async function bodyOf(ports: SessionPorts, id: string, { text }: Prompt): Promise<string> {
  const { provider, profile: name } = terminalOf(ports, id).record;
  const profile = ports.catalog.profiles().find((each) => each.name === name);
  const isFirst = (await ports.messages.list({ to: id, limit: 1 })).length === 0;
  if (!isFirst) return text;
  return firstPrompt(ports.catalog.running(provider), profile, text) ?? text;
}

async function usageOf(
  ports: SessionPorts,
  terminal: string,
  turn: string,
): Promise<UsageAmounts | null> {
  const rows = await ports.usage({ terminal, turn });
  return rows.length === 0 ? null : usageTotal(rows);
}

function follow(
  ports: SessionPorts,
  id: string,
  listener: (update: SessionUpdate) => void,
): () => void {
  const unfollow = ports.journal.follow(({ type, subject }) => {
    const terminal = ports.terminals().byId(id);
    if (subject === id && type === "terminal.status_changed" && terminal !== undefined)
      listener({ kind: "status", ...statusOf(terminal) });
  });
  const unheard = ports.words(id, listener);
  return () => {
    unfollow();
    unheard();
  };
}

async function cancel(ports: SessionPorts, id: string, key: string): Promise<boolean> {
  const message = await ports.messages.byKey(id, key);
  const terminal = terminalOf(ports, id);
  return message === undefined || ports.stopWork(terminal, { message, by: message.from });
}

function terminalOf(ports: SessionPorts, id: string): Terminal {
  const terminal = ports.terminals().byId(id);
  if (terminal !== undefined) return terminal;
  throw new ConductorError("agent.gone", `there is no terminal ${id} any more`);
}

function agentSeen({ record, status, isLive, retryAt }: Terminal) {
  const limited = status.detail === "limited" ? { retryAt: retryAt ?? null } : undefined;
  return { name: record.name, isLive, reason: record.reason, limited };
}

function statusOf({ status: { status, detail, since } }: Terminal): SessionStatus {
  return { status, detail, since };
}
