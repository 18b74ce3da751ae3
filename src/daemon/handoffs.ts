/** Handoffs as the doors see them: asked for, waited for, cancelled; an agent speaks for its own terminal only. */
import { realpathSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import type { Config } from "../contract/config.ts";
import {
  type HandoffAsked,
  type HandoffRequest,
  type HandoffView,
  handoffRequest,
} from "../contract/handoffs.ts";
import {
  type HandoffRecord,
  type HandoffStore,
  isSettled,
  type NewHandoff,
} from "../core/handoffs/index.ts";
import type { Journal } from "../core/journal/index.ts";
import { terminalOfActor } from "../core/messages/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import { actorOf, type Caller } from "./auth.ts";
import type { Catalog } from "./catalog.ts";
import type { HandoffRunner } from "./handoff-runner.ts";
import { teammate } from "./postman.ts";
import { refuseShell } from "./shells.ts";

export interface HandoffPorts {
  readonly handoffs: HandoffStore;
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly catalog: Catalog;
  readonly runner: Pick<HandoffRunner, "kick" | "settle">;
  readonly clock: Clock;
  readonly config: Config["handoffs"];
  /** A person's environment, until the worker is launched with it. */
  readonly keepEnvironment: (id: string, env: Readonly<Record<string, string>>) => void;
  readonly failpoint: ((name: "handoff.after-request") => void) | undefined;
}

export interface Handoffs {
  /** Stored when it resolves; the same key gives the same one. */
  request(asked: HandoffRequest, caller: Caller, how?: RequestHow): Promise<HandoffView>;
  /** As it stands; who reads it so has not collected its outcome. */
  get(ref: string, caller: Caller): Promise<HandoffView>;
  /** Resolves when it is settled, or as it stands after `waitMs`; a sender that hears the outcome so has it. */
  wait(ref: string, caller: Caller, bounds: WaitBounds): Promise<HandoffView>;
  list(caller: Caller, filter: { readonly open: boolean }): Promise<HandoffView[]>;
  cancel(ref: string, caller: Caller): Promise<HandoffView>;
  /** The result of what this agent works on, before its turn ends. */
  report(caller: Caller, text: string): Promise<HandoffView>;
}

export interface RequestHow {
  /**
   * What the same agent asked for in the same words and nobody waits for, is what it asks for now: it was
   * cut off. Else only where it has no key.
   */
  readonly adopts: boolean;
}

export interface WaitBounds {
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export function createHandoffs(ports: HandoffPorts): Handoffs {
  const { handoffs, clock, runner } = ports;
  const waiting = new Waiting();
  return {
    request: async (given, caller, how) => {
      const asked = handoffRequest.parse(given);
      const wanted = newHandoff(ports, asked, caller);
      const isAdopting = how?.adopts ?? wanted.key === null;
      const orphan = isAdopting ? await waiting.orphan(handoffs, wanted) : undefined;
      if (orphan !== undefined) return viewOf(orphan);
      const { handoff, existing } = await handoffs.request(wanted, ports.config, clock.now());
      if (!existing && asked.env !== undefined && caller.kind === "human")
        ports.keepEnvironment(handoff.id, asked.env);
      ports.failpoint?.("handoff.after-request");
      runner.kick(handoff.id);
      return viewOf(handoff);
    },
    get: async (ref, caller) => viewOf(visible(await handoffs.get(ref), caller)),
    wait: async (ref, caller, bounds) => {
      const { id } = visible(await handoffs.get(ref), caller);
      const handoff = await waiting.during(id, () => waitFor(ports, id, bounds));
      const isSender = handoff.from === actorOf(caller);
      if (isSender && isSettled(handoff) && handoff.returned === null && !bounds.signal.aborted) {
        await handoffs.returned(id, clock.now());
        runner.kick(id);
      }
      return viewOf(handoff);
    },
    list: async (caller, { open }) => {
      const of = caller.kind === "agent" ? { of: caller.terminalId } : {};
      return (await handoffs.list({ ...of, open })).map(viewOf);
    },
    cancel: async (ref, caller) => {
      const handoff = visible(await handoffs.get(ref), caller);
      const by = actorOf(caller);
      if (caller.kind === "agent" && handoff.from !== by)
        throw new ConductorError("auth.refused", "only who asked for a handoff can cancel it", {
          hint: "end your turn, and say why you stop",
        });
      const error = { code: "state.conflict", message: `cancelled by ${by}`, screen: null };
      const settled = await runner.settle(handoff, { signal: "cancel", error, by });
      if (settled !== undefined) return viewOf(settled);
      throw new ConductorError(
        "state.conflict",
        `handoff ${handoff.id} is ${handoff.state} already`,
      );
    },
    report: async (caller, text) => {
      const current = caller.kind === "agent" ? await workOf(ports, caller.terminalId) : undefined;
      if (current === undefined)
        throw new ConductorError("not_found", "nothing was handed to you that is still open", {
          hint: "just answer: end your turn with what you have to say",
        });
      return viewOf(await handoffs.report(current.id, text, clock.now()));
    },
  };
}

/** Who waits for which. */
class Waiting {
  readonly #counts = new Map<string, number>();

  async during<T>(id: string, wait: () => Promise<T>): Promise<T> {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    try {
      return await wait();
    } finally {
      const left = (this.#counts.get(id) ?? 1) - 1;
      if (left > 0) this.#counts.set(id, left);
      else this.#counts.delete(id);
    }
  }

  /** An agent that was cut off says the same again, and knows no key: it gets what it had asked for. */
  async orphan(handoffs: HandoffStore, asked: NewHandoff): Promise<HandoffRecord | undefined> {
    const sender = terminalOfActor(asked.from);
    if (sender === undefined || asked.kind === "assignment") return undefined;
    const own = await handoffs.list({ of: sender });
    if (own.some(({ key }) => key !== null && key === asked.key)) return undefined;
    return own.find(
      (each) => each.returned === null && !this.#counts.has(each.id) && isSameWork(each, asked),
    );
  }
}

function isSameWork(handoff: HandoffRecord, asked: NewHandoff): boolean {
  const { target } = asked;
  const isTarget =
    "profile" in target
      ? handoff.profile === target.profile
      : handoff.profile === null && handoff.terminalId === target.terminalId;
  return (
    isTarget &&
    handoff.kind === asked.kind &&
    handoff.from === asked.from &&
    handoff.message === asked.message &&
    JSON.stringify(handoff.plan) === JSON.stringify(asked.plan)
  );
}

/** What it works on now comes before what waits in its inbox. */
async function workOf(ports: HandoffPorts, terminalId: string): Promise<HandoffRecord | undefined> {
  const open = await ports.handoffs.list({ of: terminalId, open: true });
  const own = open.filter((each) => each.terminalId === terminalId).toReversed();
  return own.find(({ state }) => state === "running" || state === "question") ?? own[0];
}

function visible(handoff: HandoffRecord, caller: Caller): HandoffRecord {
  if (caller.kind !== "agent") return handoff;
  const isOwn = handoff.from === actorOf(caller) || handoff.terminalId === caller.terminalId;
  if (isOwn) return handoff;
  throw new ConductorError("not_found", `no handoff ${handoff.id} of yours`, {
    hint: "conductor handoffs list",
  });
}

function viewOf({ plan: _plan, report: _report, ...view }: HandoffRecord): HandoffView {
  return view;
}

function newHandoff(ports: HandoffPorts, asked: HandoffAsked, caller: Caller): NewHandoff {
  const sender = senderOf(ports, caller);
  const target = targetOf(ports, asked, caller);
  const plan =
    "profile" in target
      ? workerPlan(ports, { asked, sender, profile: target.profile })
      : givenPlan(asked);
  if (sender !== undefined && "terminalId" in target)
    refuseShell(ports.catalog, ports.terminals().find(target.terminalId).record.provider);
  const { timeoutMinutes } = ports.config;
  const timeoutMs = asked.timeoutMs ?? timeoutMinutes * 60_000;
  return {
    kind: asked.kind,
    from: actorOf(caller),
    fromName: sender?.record.name ?? "human",
    message: asked.message,
    key: asked.key ?? null,
    target,
    plan,
    expiresAt: ports.clock.now() + timeoutMs,
  };
}

function senderOf(ports: HandoffPorts, caller: Caller): Terminal | undefined {
  if (caller.kind !== "agent") return undefined;
  const sender = ports.terminals().byId(caller.terminalId);
  if (sender !== undefined) return sender;
  throw new ConductorError("auth.refused", "this token's terminal is not there any more");
}

function targetOf(
  ports: HandoffPorts,
  { to, terminal, profile }: HandoffAsked,
  caller: Caller,
): NewHandoff["target"] {
  const named = [to, terminal, profile].filter((each) => each !== undefined);
  if (named.length !== 1)
    throw usage("name one receiver: a running agent or a profile", "conductor handoff developer …");
  if (profile !== undefined) return { profile: ports.catalog.profile(profile).name };
  const name = terminal ?? to ?? "";
  const found = runningAgent(ports, name, caller);
  if (found !== undefined) return { terminalId: found };
  if (to !== undefined && ports.catalog.profiles().some((each) => each.name === to))
    return { profile: to };
  throw nobody(ports, name);
}

function runningAgent(ports: HandoffPorts, name: string, caller: Caller): string | undefined {
  const all = ports.terminals();
  const mate = teammate(all, name, actorOf(caller));
  if (mate !== undefined) return mate.record.id;
  try {
    const found = all.find(name);
    return found.isLive ? found.record.id : undefined;
  } catch (error) {
    if (error instanceof ConductorError && error.code === "not_found") return undefined;
    throw error;
  }
}

function nobody(ports: HandoffPorts, name: string): ConductorError {
  const agents = ports
    .terminals()
    .live()
    .map(({ record }) => record.name);
  const roles = ports.catalog.profiles().map((each) => each.name);
  return new ConductorError("not_found", `no running agent and no profile is called ${name}`, {
    hint: `agents: ${agents.join(", ") || "none"}; profiles: ${roles.join(", ") || "none"}`,
  });
}

interface Wish {
  readonly asked: HandoffAsked;
  readonly sender: Terminal | undefined;
  readonly profile: string;
}

function workerPlan(ports: HandoffPorts, { asked, sender, profile }: Wish): NewHandoff["plan"] {
  const cwd = asked.cwd ?? sender?.record.cwd;
  if (cwd === undefined) throw usage("a worker needs a working directory", "give its cwd");
  if (sender !== undefined) refuseOutside(cwd, sender);
  const provider =
    asked.provider ?? ports.catalog.profile(profile).provider ?? sender?.record.provider;
  if (provider === undefined)
    throw usage(`no provider was given, and the profile ${profile} names none`, "add a provider");
  const { name } = ports.catalog.provider(provider);
  if (sender !== undefined) refuseShell(ports.catalog, name);
  return {
    session: sender?.record.session ?? asked.session ?? null,
    name: asked.name ?? null,
    provider: name,
    cwd,
    worktree: asked.worktree ?? null,
    fresh: asked.fresh,
    keep: asked.keep,
  };
}

function givenPlan(asked: HandoffAsked): NewHandoff["plan"] {
  const stray = (["provider", "worktree", "session", "name"] as const).find(
    (key) => asked[key] !== undefined,
  );
  if (stray !== undefined)
    throw usage(
      `${stray} is for a worker that is launched, not for an agent that runs`,
      "name a profile instead",
    );
  return {
    session: null,
    name: null,
    provider: null,
    cwd: "/",
    worktree: null,
    fresh: false,
    keep: true,
  };
}

/** An agent's worker works where the agent may work. */
function refuseOutside(cwd: string, { record }: Terminal): void {
  const inside = relative(realPath(record.cwd), realPath(cwd));
  if (!inside.startsWith("..") && !isAbsolute(inside)) return;
  throw new ConductorError("auth.refused", `${cwd} is outside your working directory`, {
    hint: `choose a folder within ${record.cwd}, or leave cwd away`,
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw usage(`${path} is no directory`, "leave cwd away to work where you are");
  }
}

function usage(message: string, hint: string): ConductorError {
  return new ConductorError("usage.invalid", message, { hint });
}

async function waitFor(
  ports: HandoffPorts,
  id: string,
  { waitMs, signal }: WaitBounds,
): Promise<HandoffRecord> {
  const first = await ports.handoffs.get(id);
  if (waitMs === 0 || isSettled(first) || signal.aborted) return first;
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = async (): Promise<void> => {
    if (isSettled(await ports.handoffs.get(id))) resolve();
  };
  const unfollow = ports.journal.follow((event) => {
    if (event.subject === id) check().catch(() => undefined);
  });
  const cancel = ports.clock.after(waitMs, resolve);
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await check();
    await promise;
  } finally {
    unfollow();
    cancel();
    signal.removeEventListener("abort", stop);
  }
  return ports.handoffs.get(id);
}
