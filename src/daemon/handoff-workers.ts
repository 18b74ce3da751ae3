/** Workers of handoffs: an idle one that fits is taken, else one is launched; afterwards it is kept or ended. */
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import { strictestLevel } from "../contract/decisions.ts";
import type { HandoffRecord, HandoffStore, Worker, WorkerSeen } from "../core/handoffs/index.ts";
import { type MessageStore, terminalOfActor } from "../core/messages/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";
import { firstPrompt } from "./launch-plan.ts";
import type { Launcher } from "./launcher.ts";
import { createStopWork, type StopWork } from "./stop-work.ts";

export interface WorkerPorts {
  readonly handoffs: HandoffStore;
  readonly messages: MessageStore;
  readonly terminals: () => Terminals;
  readonly launcher: Pick<Launcher, "launchWorker">;
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** What a worker of this sender inherits. */
  readonly environmentOf: (handoff: HandoffRecord) => Readonly<Record<string, string>>;
}

export interface Workers {
  /** The worker that was named, an idle one, or the id of one to be launched; stored with it. */
  choose(handoff: HandoffRecord): Promise<void>;
  launch(handoff: HandoffRecord): Promise<void>;
  /** What it is told: one that was just launched may have to learn its role first. */
  bodyFor(handoff: HandoffRecord): string;
  see(handoff: HandoffRecord): WorkerSeen | undefined;
  /** True when it is free, or gone; false while something has yet to end. */
  letGo(handoff: HandoffRecord): Promise<boolean>;
}

export function createWorkers(ports: WorkerPorts): Workers {
  const stopWork = createStopWork(ports);
  return {
    choose: (handoff) => choose(ports, handoff),
    launch: (handoff) => launch(ports, handoff),
    bodyFor: (handoff) => bodyFor(ports, handoff),
    see: (handoff) => see(ports.terminals().byId(handoff.terminalId ?? "")),
    letGo: (handoff) => letGo(ports, handoff, stopWork),
  };
}

async function choose(ports: WorkerPorts, handoff: HandoffRecord): Promise<void> {
  const { handoffs, clock } = ports;
  const start = (worker: Worker) =>
    handoffs.move(handoff.id, { signal: "choose", worker }, clock.now());
  if (handoff.origin === "given" && handoff.terminalId !== null) {
    await start({ terminalId: handoff.terminalId, origin: "given" });
    return;
  }
  const idle = handoff.plan.fresh ? [] : await fitting(ports, handoff);
  if (idle.length > 0 && (await handoffs.claimWarm(handoff.id, idle, clock.now())) !== undefined)
    return;
  await start({ terminalId: newId("t", clock.now()), origin: "fresh" });
}

/** Idle workers of earlier handoffs that are what a new one would be. */
async function fitting(ports: WorkerPorts, handoff: HandoffRecord): Promise<string[]> {
  const { profile: name, plan } = handoff;
  const profile = name === null ? undefined : ports.catalog.profile(name);
  if (profile === undefined || profile.warm === 0) return [];
  if (plan.worktree !== null || plan.name !== null) return [];
  const least = senderGate(ports, handoff);
  const provider = plan.provider ?? profile.provider;
  return (await pool(ports, profile.name))
    .filter(({ record }) => record.provider === provider && record.cwd === plan.cwd)
    .filter(({ record }) => plan.session === null || record.session === plan.session)
    .filter(({ record }) => strictestLevel([record.launch.gate, least.gate]) === record.launch.gate)
    .filter(({ record }) => least.network !== "off" || record.launch.network === "off")
    .filter(({ status }) => status.status === "idle" && status.composer === "empty")
    .map(({ record }) => record.id);
}

/** Live workers of that role that were launched for handoffs. */
async function pool({ handoffs, terminals }: WorkerPorts, profile: string): Promise<Terminal[]> {
  return (await handoffs.workers())
    .flatMap((id) => terminals().byId(id) ?? [])
    .filter((each) => each.isLive && !each.isLeaving && each.record.profile === profile)
    .filter(({ record }) => record.worktree === null);
}

/** A worker's gate is never laxer than that of the agent that asks for it, and where that has no network it has none. */
function senderGate(
  ports: WorkerPorts,
  { from }: HandoffRecord,
): Pick<Terminal["record"]["launch"], "gate" | "network"> {
  const sender = terminalOfActor(from);
  return (sender === undefined ? undefined : ports.terminals().byId(sender)?.record.launch) ?? {};
}

async function launch(ports: WorkerPorts, handoff: HandoffRecord): Promise<void> {
  const { profile, plan, terminalId } = handoff;
  if (profile === null || terminalId === null)
    throw new ConductorError("state.conflict", `handoff ${handoff.id} names no role`);
  const { gate, network } = senderGate(ports, handoff);
  await ports.launcher.launchWorker(
    {
      profile,
      cwd: plan.cwd,
      env: { ...ports.environmentOf(handoff) },
      ...(plan.provider === null ? {} : { provider: plan.provider }),
      ...(plan.session === null ? {} : { session: plan.session }),
      ...(plan.name === null ? {} : { name: plan.name }),
      ...(plan.worktree === null ? {} : { worktree: plan.worktree }),
      ...(gate === undefined ? {} : { gate }),
      ...(network === "off" ? { network } : {}),
    },
    terminalId,
  );
}

function bodyFor({ terminals, catalog }: WorkerPorts, handoff: HandoffRecord): string {
  const record = terminals().byId(handoff.terminalId ?? "")?.record;
  if (handoff.origin !== "fresh" || record === undefined || handoff.profile === null)
    return handoff.message;
  const provider = catalog.running(record.provider);
  return firstPrompt(provider, catalog.profile(handoff.profile), handoff.message) ?? "";
}

/** A capture holds colours and links. */
const sequences = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;

function see(terminal: Terminal | undefined): WorkerSeen | undefined {
  if (terminal === undefined) return undefined;
  const { status, record, lastLook } = terminal;
  return {
    name: record.name,
    // What our gate holds, a human is asked about: its supervisor has nothing to answer.
    status: status.decidedBy === "gate" ? "working" : status.status,
    detail: status.detail,
    reason: record.reason,
    screen: lastLook?.screen.text.replaceAll(sequences, "") ?? null,
    dialog: lastLook?.detection.dialog?.text ?? null,
  };
}

async function letGo(
  ports: WorkerPorts,
  handoff: HandoffRecord,
  stopWork: StopWork,
): Promise<boolean> {
  const terminal = ports.terminals().byId(handoff.terminalId ?? "");
  if (terminal === undefined || !terminal.isLive) return true;
  const ends = handoff.origin !== "given" && !(await isKept(ports, handoff));
  if (!ends) {
    if (handoff.state === "done" || handoff.messageId === null) return true;
    const message = await ports.messages.get(handoff.messageId);
    return stopWork(terminal, { message, by: handoff.from });
  }
  await ports.terminals().stop(terminal, { actor: "daemon", force: false });
  return true;
}

/** As many idle ones as the role asks for, and what its sender wants to go on with. */
async function isKept(ports: WorkerPorts, handoff: HandoffRecord): Promise<boolean> {
  if (handoff.plan.keep) return true;
  if (handoff.state !== "done" || handoff.profile === null) return false;
  const role = ports.catalog.profiles().find(({ name }) => name === handoff.profile);
  const unfinished = await ports.handoffs.unfinished();
  const held = new Set(
    unfinished.flatMap((each) => (each.releasedAt === null ? [each.terminalId] : [])),
  );
  const others = await pool(ports, handoff.profile);
  const idle = others.filter(({ record }) => !held.has(record.id));
  return idle.length < (role?.warm ?? 0);
}
