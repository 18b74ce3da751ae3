import { ConductorError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import type { AgentCard, AgentView, LabelRequest, RegisterRequest } from "../../contract/agents.ts";
import type { ApprovalView, Verdict } from "../../contract/approvals.ts";
import type { DecisionView } from "../../contract/decisions.ts";
import type { DaemonView, JournalEvent } from "../../contract/events.ts";
import type { GrantView } from "../../contract/grants.ts";
import type { HandoffRequest, HandoffView } from "../../contract/handoffs.ts";
import type { MessageView, SendRequest } from "../../contract/messages.ts";
import type {
  NotificationView,
  NotifyRuleView,
  NotifyTest,
  NotifyTested,
} from "../../contract/notify.ts";
import type { OverrideOutcome, OverrideRemoval, OverrideRequest } from "../../contract/policy.ts";
import { routes } from "../../contract/routes.ts";
import type {
  AttachView,
  LaunchOutcome,
  LaunchRequest,
  RestartOutcome,
  ShutdownOutcome,
  TeamRequest,
  TerminalView,
  WhyView,
} from "../../contract/terminals.ts";
import type { TokenMade, TokenScope, TokenView } from "../../contract/tokens.ts";
import type { UsageView } from "../../contract/usage.ts";
import { followOnce, isReset, type Reset } from "./events.ts";
import { ExecutionClient } from "./execution-client.ts";
import { type HttpRequest, request } from "./http.ts";
import { remoteError } from "./remote-error.ts";
import { type Calls, TaskClient } from "./task-client.ts";

export interface ClientOptions {
  readonly socket: string;
  readonly token: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 15_000;
/** Launching starts CLIs and makes worktrees; shutting down waits for agents to leave. */
const SLOW_DEADLINE_MS = 120_000;

/** Agents' CLIs are asked what they are. */
const PROBE_DEADLINE_MS = 60_000;

/** One method per route. Every call rejects with the daemon's own ConductorError. */
export class Client {
  readonly #options: ClientOptions;
  /** What the daemon said of its version; undefined before the first answer and for one that does not say. */
  daemonVersion: string | undefined;
  readonly tasks: TaskClient;
  readonly execution: ExecutionClient;

  constructor(options: ClientOptions) {
    this.#options = options;
    const calls: Calls = {
      get: (path, query) => this.#get(path, query),
      post: (path, body, how) => this.#post(path, body, how),
    };
    this.tasks = new TaskClient(calls);
    this.execution = new ExecutionClient(calls);
  }

  get bearsToken(): boolean {
    return this.#options.token !== undefined;
  }

  status(options?: CallOptions): Promise<DaemonView> {
    return this.#get(routes.status, {}, options);
  }
  stopDaemon(): Promise<unknown> {
    return this.#post(routes.stopDaemon, {});
  }
  config(): Promise<unknown> {
    return this.#get(routes.config);
  }

  terminals(filter: { all?: boolean | undefined } = {}): Promise<TerminalView[]> {
    return this.#get(routes.terminals, { all: filter.all === true ? "1" : undefined });
  }
  terminal(ref: string): Promise<TerminalView> {
    return this.#get(routes.terminal(ref));
  }
  launch(asked: LaunchRequest): Promise<LaunchOutcome> {
    return this.#post(routes.terminals, asked, { deadlineMs: SLOW_DEADLINE_MS });
  }
  launchTeam(asked: TeamRequest): Promise<LaunchOutcome> {
    return this.#post(routes.teams, asked, { deadlineMs: SLOW_DEADLINE_MS });
  }
  why(ref: string): Promise<WhyView> {
    return this.#get(routes.terminalAction(ref, "why"));
  }
  screen(ref: string): Promise<{ text: string }> {
    return this.#get(routes.terminalAction(ref, "screen"));
  }
  attach(ref: string, asked: { readOnly: boolean; keepSize: boolean }): Promise<AttachView> {
    return this.#post(routes.terminalAction(ref, "attach"), asked);
  }
  stop(ref: string, asked: { force: boolean }): Promise<{ how: "left" | "killed" }> {
    return this.#post(routes.terminalAction(ref, "stop"), asked, { deadlineMs: SLOW_DEADLINE_MS });
  }
  restart(
    ref: string,
    asked: { env: Record<string, string>; resume: boolean },
  ): Promise<RestartOutcome> {
    return this.#post(routes.terminalAction(ref, "restart"), asked, {
      deadlineMs: SLOW_DEADLINE_MS,
    });
  }
  interrupt(ref: string): Promise<unknown> {
    return this.#post(routes.terminalAction(ref, "interrupt"), {});
  }
  rename(ref: string, name: string): Promise<TerminalView> {
    return this.#post(routes.terminalAction(ref, "rename"), { name });
  }
  shutdown(asked: { session?: string; all: boolean }): Promise<ShutdownOutcome> {
    return this.#post(routes.shutdown, asked, { deadlineMs: SLOW_DEADLINE_MS });
  }

  agents(): Promise<AgentView[]> {
    return this.#get(routes.agents, {}, { deadlineMs: PROBE_DEADLINE_MS });
  }
  agent(ref: string): Promise<AgentView> {
    return this.#get(routes.agent(ref), {}, { deadlineMs: PROBE_DEADLINE_MS });
  }
  agentCard(ref: string): Promise<AgentCard> {
    return this.#get(routes.agentAction(ref, "card"), {}, { deadlineMs: PROBE_DEADLINE_MS });
  }
  registerAgent(asked: RegisterRequest): Promise<AgentView> {
    return this.#post(routes.agents, asked, { deadlineMs: PROBE_DEADLINE_MS });
  }
  labelAgent(ref: string, change: LabelRequest): Promise<AgentView> {
    return this.#changeAgent(ref, "label", change);
  }
  enableAgent(ref: string): Promise<AgentView> {
    return this.#changeAgent(ref, "enable", {});
  }
  disableAgent(ref: string): Promise<AgentView> {
    return this.#changeAgent(ref, "disable", {});
  }
  removeAgent(ref: string): Promise<Pick<AgentView, "id" | "name">> {
    return this.#changeAgent(ref, "remove", {});
  }

  messages(filter: { to?: string | undefined } = {}): Promise<MessageView[]> {
    return this.#get(routes.messages, filter);
  }
  message(id: string): Promise<MessageView> {
    return this.#get(routes.message(id));
  }
  send(asked: SendRequest): Promise<MessageView[]> {
    return this.#post(routes.messages, asked, { deadlineMs: 60_000 });
  }
  cancelMessage(id: string): Promise<MessageView> {
    return this.#post(routes.cancelMessage(id), {});
  }
  /** The message once its turn has ended, or as it stands after `waitMs`. */
  messageResult(id: string, waitMs: number, options: CallOptions = {}): Promise<MessageView> {
    const query = { waitMs: String(waitMs) };
    return this.#get(routes.messageResult(id), query, {
      ...options,
      deadlineMs: waitMs + DEADLINE_MS,
    });
  }

  handoffs(filter: { open?: boolean | undefined } = {}): Promise<HandoffView[]> {
    return this.#get(routes.handoffs, { open: filter.open === true ? "1" : undefined });
  }
  handOff(asked: HandoffRequest): Promise<HandoffView> {
    return this.#post(routes.handoffs, asked, { deadlineMs: 60_000 });
  }
  /** The handoff once it is settled, or as it stands after `waitMs`. */
  handoff(ref: string, waitMs = 0): Promise<HandoffView> {
    const query = { waitMs: String(waitMs) };
    return this.#get(routes.handoff(ref), query, { deadlineMs: waitMs + DEADLINE_MS });
  }
  cancelHandoff(ref: string): Promise<HandoffView> {
    return this.#post(routes.cancelHandoff(ref), {});
  }

  approvals(filter: { all?: boolean | undefined } = {}): Promise<ApprovalView[]> {
    return this.#get(routes.approvals, { all: filter.all === true ? "1" : undefined });
  }
  approval(ref: string): Promise<ApprovalView> {
    return this.#get(routes.approval(ref));
  }
  decide(ref: string, verdict: Verdict): Promise<ApprovalView> {
    return this.#post(routes.decideApproval(ref), verdict);
  }

  grants(): Promise<GrantView[]> {
    return this.#get(routes.grants);
  }
  revokeGrant(ref: string): Promise<GrantView> {
    return this.#post(routes.revokeGrant(ref), {});
  }

  notifyRules(): Promise<NotifyRuleView[]> {
    return this.#get(routes.notifyRules);
  }
  notifications(limit: number): Promise<NotificationView[]> {
    return this.#get(routes.notifications, { limit: String(limit) });
  }
  testNotifications(asked: NotifyTest): Promise<NotifyTested[]> {
    return this.#post(routes.testNotifications, asked, { deadlineMs: 60_000 });
  }

  usage(filter: {
    terminal?: string | undefined;
    session?: string | undefined;
    since?: number | undefined;
  }): Promise<UsageView> {
    const since = filter.since === undefined ? undefined : String(filter.since);
    return this.#get(routes.usage, { ...filter, since });
  }

  tokens(): Promise<TokenView[]> {
    return this.#get(routes.tokens);
  }
  createToken(asked: { name: string; scope: TokenScope }): Promise<TokenMade> {
    return this.#post(routes.tokens, asked);
  }
  revokeToken(name: string): Promise<TokenView> {
    return this.#post(routes.revokeToken(name), {});
  }

  decisions(filter: {
    terminal?: string | undefined;
    effect?: string | undefined;
    since?: number | undefined;
    limit: number;
  }): Promise<DecisionView[]> {
    return this.#get(routes.decisions, {
      terminal: filter.terminal,
      effect: filter.effect,
      since: filter.since === undefined ? undefined : String(filter.since),
      limit: String(filter.limit),
    });
  }
  decision(ref: string): Promise<DecisionView> {
    return this.#get(routes.decision(ref));
  }

  overrideRule(asked: OverrideRequest): Promise<OverrideOutcome> {
    return this.#post(routes.overrides, asked);
  }
  restoreRule(asked: OverrideRemoval): Promise<OverrideOutcome> {
    return this.#post(routes.restoreRule, asked);
  }

  providers(): Promise<Record<string, unknown>[]> {
    return this.#get(routes.providers);
  }
  provider(name: string): Promise<Record<string, unknown>> {
    return this.#get(routes.provider(name));
  }
  profiles(): Promise<Record<string, unknown>[]> {
    return this.#get(routes.profiles);
  }

  /** The journal as it grows; ends or rejects when the daemon goes away (`follow` goes on then). */
  async *events(asked: {
    after?: number | undefined;
    signal: AbortSignal;
  }): AsyncGenerator<JournalEvent | Reset> {
    for await (const each of followOnce({ ...this.#options, ...asked })) {
      if (each !== "open") yield each;
    }
  }

  /** Yields once it is connected and after every change, so that who looks then misses none. */
  async *changes(signal: AbortSignal): AsyncGenerator<void> {
    for await (const each of followOnce({ ...this.#options, signal })) {
      if (each === "open" || isReset(each) || each.seq > 0) yield;
    }
  }

  #changeAgent<T>(ref: string, action: string, body: object): Promise<T> {
    return this.#post(routes.agentAction(ref, action), body, { deadlineMs: PROBE_DEADLINE_MS });
  }

  #get<T>(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
    options?: CallOptions,
  ): Promise<T> {
    return this.#call({ method: "GET", path: path + queryText(query) }, options);
  }

  #post<T>(path: string, body: object, options?: CallOptions): Promise<T> {
    return this.#call({ method: "POST", path, body: JSON.stringify(body) }, options);
  }

  async #call<T>(
    asked: Pick<HttpRequest, "method" | "path" | "body">,
    options: CallOptions = {},
  ): Promise<T> {
    const response = await request(this.#options.socket, {
      ...asked,
      token: this.#options.token,
      signal: options.signal ?? this.#options.signal,
      deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    });
    this.daemonVersion = response.headers.get("conductor-version") ?? this.daemonVersion;
    if (response.status >= 400) throw this.#explained(remoteError(response.status, response.body));
    try {
      // The answer's type is the contract's: daemon and client are built from the same one.
      return JSON.parse(response.body === "" ? "null" : response.body);
    } catch (error) {
      throw new ConductorError("internal", "the daemon's answer is no JSON", { cause: error });
    }
  }

  /** A route that the daemon does not know is one of another version. */
  #explained(error: ConductorError): ConductorError {
    const { route } = error.data;
    const version = this.daemonVersion;
    if (typeof route !== "string" || version === undefined || version === VERSION) return error;
    return new ConductorError(
      "daemon.version",
      `the daemon is version ${version}, this is ${VERSION}: it does not know ${route}`,
      { cause: error, hint: "conductor daemon restart (agents go on working)" },
    );
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(query)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
