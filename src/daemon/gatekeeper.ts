/**
 * The gate: a text that a shell is about to run is judged, the decision is recorded, and what needs a human
 * waits for one. Fails closed: whatever goes wrong here, the text does not run.
 */
import { realpathSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import type { ApprovalAction } from "../contract/approvals.ts";
import type { DecisionSource } from "../contract/decisions.ts";
import {
  type ApprovalRecord,
  type ApprovalStore,
  type GrantStore,
  grantKey,
  hashAction,
  type NewApproval,
  type NewGrant,
} from "../core/approvals/index.ts";
import { type Analysis, analyse, analyseTool, type ToolUse } from "../core/guard/index.ts";
import type { WrappedText } from "../core/hooks/index.ts";
import {
  type DecisionStore,
  decide,
  marksOf,
  type NewDecision,
  recordOf,
  type Verdict,
  whyNoGrant,
} from "../core/policy/index.ts";
import type { Terminal, TerminalRecord } from "../core/terminals/index.ts";
import type { PolicyFiles } from "../drivers/files/index.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import { changedText, heldText, refusedText } from "./gate-words.ts";
import type { Passes } from "./hooks/passes.ts";
import { namedFiles } from "./named-files.ts";
import { targetsOf } from "./targets.ts";

export interface GatekeeperPorts {
  readonly policies: PolicyFiles;
  readonly decisions: DecisionStore;
  readonly approvals: ApprovalStore;
  readonly grants: Pick<GrantStore, "find">;
  readonly desk: Pick<ApprovalDesk, "wait">;
  readonly passes: Pick<Passes, "has" | "take">;
  /** What a CLI's own shell line holds, by its provider. */
  readonly unwrap: (provider: string, line: string) => WrappedText | undefined;
  readonly clock: Clock;
  readonly home: string;
  readonly user: string;
  readonly ttlMs: number;
  /** Of hashes of short commands. */
  readonly hashKey: string;
  /** How long a caller is kept waiting; it asks again after that. */
  readonly waitMs: number;
  readonly failpoint?: ((name: string) => void) | undefined;
}

/** Where a test may end the daemon: a yes is recorded, a question is stored, a human's yes is used; no answer is out. */
export const GATE_FAILPOINTS = ["gate.recorded", "gate.asked", "gate.used"] as const;

export interface Asked {
  readonly text: string;
  readonly cwd: string;
  readonly source: DecisionSource;
  /** A call of the agent's own tool, of which the text is what a human is shown; else the text is a shell's. */
  readonly use?: ToolUse | undefined;
}

/** `message` is written for the model that asked, in a few lines. */
export type Ruling =
  /** `pass` names what a human said yes to; `decision` is the record of one that would else not run.  */
  | {
      readonly kind: "allow";
      readonly by: "policy" | "observe" | "human";
      readonly pass?: string;
      readonly decision?: string;
    }
  | { readonly kind: "deny"; readonly message: string }
  | {
      readonly kind: "wait";
      readonly number: number;
      readonly settled: (signal: AbortSignal) => Promise<Exclude<Ruling, { kind: "wait" }>>;
    };

export interface Gatekeeper {
  judge(asked: Asked, terminal: Pick<Terminal, "record" | "hold">): Promise<Ruling>;
  /** A human said yes to this very text a moment ago, and nothing has used it yet. */
  hasPass(asked: Asked, terminal: Pick<Terminal, "record">): boolean;
  /**
   * The grant that "always" to this question would be.
   * @throws {ConductorError} `usage.invalid` where there can be none
   */
  grantFor(approval: ApprovalRecord, terminal: Terminal | undefined, forMs: number): NewGrant;
}

export function createGatekeeper(ports: GatekeeperPorts): Gatekeeper {
  return {
    judge: async (asked, terminal) =>
      held(await judge(ports, asked, terminal.record), (why) => terminal.hold(why)),
    hasPass: (asked, { record }) =>
      ports.passes.has(record.id, passOf(actionOf(examine(ports, asked, record)))),
    grantFor: (approval, terminal, forMs) => grantFor(ports, approval, terminal, forMs),
  };
}

/** While somebody waits for the answer, the agent's terminal says so. */
function held(ruling: Ruling, hold: Terminal["hold"]): Ruling {
  if (ruling.kind !== "wait") return ruling;
  const settled: typeof ruling.settled = async (signal) => {
    const letGo = hold(`a command of its waits for approval #${ruling.number}`);
    try {
      return await ruling.settled(signal);
    } finally {
      letGo();
    }
  };
  return { ...ruling, settled };
}

/** One text, judged; what becomes of it is decided from here on. */
interface Case {
  readonly asked: Asked;
  readonly record: TerminalRecord;
  readonly analysis: Analysis;
  readonly verdict: Verdict;
  readonly decided: NewDecision;
  /** What of the text makes the verdict. */
  readonly marks: () => ApprovalAction["marks"];
}

function examine(ports: GatekeeperPorts, asked: Asked, record: TerminalRecord): Case {
  const from = performance.now();
  const { layers, hashes } = ports.policies.inForce({ workspace: record.cwd, agent: record.name });
  const place = {
    cwd: asked.cwd,
    workspace: record.cwd,
    home: ports.home,
    user: ports.user,
    realpath,
    guardPids: [process.pid],
  };
  const { use } = asked;
  const asker = {
    workspace: record.cwd,
    home: ports.home,
    labels: record.labels,
    tool: use?.kind ?? "shell",
    agent: record.name,
    session: record.session,
    time: ports.clock.now(),
  } as const;
  const judgeText = (text: string, now: () => number) => {
    const analysis = use === undefined ? analyse(text, place, now) : analyseTool(use, place);
    return { analysis, verdict: decide(analysis, layers, asker) };
  };
  const { analysis, verdict } = judgeText(asked.text, () => performance.now());
  const decided = recordOf({
    terminalId: record.id,
    source: asked.source,
    command: asked.text,
    cwd: asked.cwd,
    analysis,
    verdict,
    policies: hashes,
    latencyMs: performance.now() - from,
    hashKey: ports.hashKey,
  });
  const marks = () =>
    use === undefined ? marksOf(asked.text, layers, (text) => judgeText(text, () => 0)) : undefined;
  return { asked, record, analysis, verdict, decided, marks };
}

async function judge(
  ports: GatekeeperPorts,
  asked: Asked,
  record: TerminalRecord,
): Promise<Ruling> {
  const here = examine(ports, bare(ports, asked, record), record);
  const { verdict, decided } = here;
  if (record.launch.gate === "observe") {
    const { id } = await ports.decisions.record(decided);
    return {
      kind: "allow",
      by: "observe",
      ...(verdict.effect === "allow" ? {} : { decision: id }),
    };
  }
  if (verdict.effect !== "ask") {
    await ports.decisions.record(decided);
    ports.failpoint?.("gate.recorded");
    return verdict.effect === "allow"
      ? { kind: "allow", by: "policy" }
      : { kind: "deny", message: refusedText(verdict) };
  }
  const action = actionOf(here);
  if (asked.source !== "hook" && ports.passes.take(record.id, passOf(action)))
    return allow(ports, here, "its agent's hook was answered with yes");
  const granted = await findGrant(ports, here, action);
  if (granted !== undefined) return allow(ports, here, `allowed by grant ${granted}`);
  const before = await findOpen(ports, here, hashAction(action));
  if (before?.state === "approved") {
    // Said yes to before: used now, and never again.
    const used = { ...decided, effect: "allow", reason: `approved as #${before.number}` } as const;
    const { id } = await ports.decisions.use(used, before.id, ports.clock.now());
    return approved(here, id);
  }
  if (before !== undefined) {
    const { id } = await ports.decisions.record(decided, before.id);
    return waiting(ports, before, { ...here, id });
  }
  const { approval, id } = await ask(ports, here, { isWaitedFor: true });
  ports.failpoint?.("gate.asked");
  return waiting(ports, approval, { ...here, id });
}

async function allow(ports: GatekeeperPorts, here: Case, why: string): Promise<Ruling> {
  const { id } = await ports.decisions.record({ ...here.decided, effect: "allow", reason: why });
  return approved(here, id);
}

function approved(here: Case, decision: string): Exclude<Ruling, { kind: "wait" }> {
  return { kind: "allow", by: "human", pass: passOf(actionOf(here)), decision };
}

/** A hook and the shell may name the same folder by different links. */
function passOf(action: ApprovalAction): string {
  return hashAction({ ...action, cwd: action.cwd === null ? null : realpath(action.cwd) });
}

/** The text that the CLI's shell tool was called with, where all around it is the CLI's own and harmless. */
function bare(ports: GatekeeperPorts, asked: Asked, record: TerminalRecord): Asked {
  const wrapped = asked.use === undefined ? ports.unwrap(record.provider, asked.text) : undefined;
  if (wrapped === undefined) return asked;
  const around = examine(ports, { ...asked, text: wrapped.rest }, record);
  return around.verdict.effect === "allow" ? { ...asked, text: wrapped.text } : asked;
}

async function ask(
  ports: GatekeeperPorts,
  here: Case,
  how: Required<Pick<NewApproval, "isWaitedFor">>,
): Promise<{ readonly approval: ApprovalRecord; readonly id: string }> {
  const { record, verdict, decided } = here;
  const now = ports.clock.now();
  const { approvalId, decision } = await ports.decisions.ask(
    decided,
    {
      terminalId: record.id,
      terminalName: record.name,
      origin: "api",
      action: { ...actionOf(here), ...shownOf(here) },
      fingerprint: null,
      quorum: verdict.terms.quorum,
      denyThreshold: verdict.terms.denyThreshold,
      by: `agent:${record.id}`,
      expiresAt: now + (verdict.terms.ttlMs ?? ports.ttlMs),
      ...how,
    },
    now,
  );
  return { approval: await ports.approvals.get(approvalId), id: decision.id };
}

/** What a human is shown, and says yes to. */
function actionOf({ asked, record, analysis, verdict }: Case): ApprovalAction {
  const rules = verdict.matched.filter((rule) => rule.effect === "ask" && !rule.overridden);
  const files = namedFiles(analysis, record.cwd);
  return {
    kind: asked.use === undefined ? "command" : "tool",
    text: asked.text,
    cwd: asked.cwd,
    why: verdict.reason.slice(0, 4_000),
    ...(files.length === 0 ? {} : { files }),
    ...(rules.length === 0
      ? {}
      : { rules: unique(rules.map(({ layer, id }) => `${layer}/${id}`)) }),
    ...(verdict.instead === undefined ? {} : { instead: verdict.instead }),
  };
}

/** What helps a human to judge it; no part of the hash. */
function shownOf({ asked, record, analysis, verdict, marks }: Case): Partial<ApprovalAction> {
  const found = marks();
  const targets = targetsOf(analysis, record.cwd);
  const onceOnly =
    asked.use === undefined
      ? whyNoGrant(asked.text, analysis, verdict)
      : "it is no command, and only a command can be granted";
  return {
    ...(found === undefined ? {} : { marks: found }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(onceOnly === undefined ? {} : { onceOnly }),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** The id of the grant that lets it pass. What may have a grant is asked anew: rules may have changed. */
async function findGrant(
  ports: GatekeeperPorts,
  { asked, record, analysis, verdict }: Case,
  action: ApprovalAction,
): Promise<string | undefined> {
  if (asked.use !== undefined || whyNoGrant(asked.text, analysis, verdict) !== undefined)
    return undefined;
  const key = grantKey({
    agent: record.name,
    workspace: record.cwd,
    cwd: asked.cwd,
    command: asked.text,
    files: action.files ?? [],
  });
  return (await ports.grants.find(key, ports.clock.now()))?.id;
}

function grantFor(
  ports: GatekeeperPorts,
  approval: ApprovalRecord,
  terminal: Terminal | undefined,
  forMs: number,
): NewGrant {
  const { number, origin, action } = approval;
  const no = (why: string): ConductorError =>
    new ConductorError("usage.invalid", `#${number} can be approved once only: ${why}`, {
      hint: `conductor approve ${number} --once`,
    });
  if (origin === "screen")
    throw no("it is a dialog on a screen; an `always` of its own is answered in the pane");
  if (action.kind !== "command" || action.cwd === null || terminal === undefined)
    throw no("only a command that an agent's gate holds can be granted");
  const { record } = terminal;
  const asked = { text: action.text, cwd: action.cwd, source: "api" } as const;
  const { analysis, verdict } = examine(ports, asked, record);
  const why = whyNoGrant(action.text, analysis, verdict);
  if (why !== undefined) throw no(why);
  return {
    agent: record.name,
    workspace: record.cwd,
    cwd: action.cwd,
    command: action.text,
    files: action.files ?? [],
    expiresAt: ports.clock.now() + forMs,
  };
}

/** The same command, asked before and not settled, or said yes to while nobody waited. */
async function findOpen(
  ports: GatekeeperPorts,
  { record, verdict }: Case,
  hash: string,
): Promise<ApprovalRecord | undefined> {
  const states = ["pending", "approved"] as const;
  const open = await ports.approvals.list({ terminalId: record.id, states });
  // Asked of fewer people than it takes by now: that does not count.
  return open.find(
    (one) =>
      one.hash === hash &&
      one.expiresAt > ports.clock.now() &&
      (one.vote?.quorum ?? 1) >= verdict.terms.quorum,
  );
}

/** @param here  with the record's id */
function waiting(
  ports: GatekeeperPorts,
  approval: ApprovalRecord,
  here: Case & { readonly id: string },
): Ruling {
  return {
    kind: "wait",
    number: approval.number,
    settled: async (signal) => {
      const settled = await ports.desk.wait(approval.id, ports.waitMs, signal);
      if (settled.state !== "approved" || signal.aborted)
        return { kind: "deny", message: heldText(settled, here.verdict) };
      ports.failpoint?.("gate.used");
      return released(ports, settled, here);
    },
  };
}

/** What was shown may be something else by now: a file, where a link leads, the policy. */
async function released(
  ports: GatekeeperPorts,
  yes: ApprovalRecord,
  here: Case & { readonly id: string },
): Promise<Exclude<Ruling, { kind: "wait" }>> {
  const now = examine(ports, here.asked, here.record);
  const { effect, terms } = now.verdict;
  if (effect === "deny") {
    await ports.decisions.record(now.decided);
    return { kind: "deny", message: refusedText(now.verdict) };
  }
  const isSame = hashAction(actionOf(now)) === yes.hash && (yes.vote?.quorum ?? 1) >= terms.quorum;
  if (effect === "allow" || isSame) return approved(here, here.id);
  // The yes is used up: it was to something else.
  const { approval: again } = await ask(ports, now, { isWaitedFor: false });
  return { kind: "deny", message: changedText(yes.number, again.number) };
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
