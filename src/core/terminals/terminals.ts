/** All terminals of this daemon: launched, found by name or id, stopped, adopted after a restart. */
import { ConductorError, describeError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { GateLevel, Network } from "../../contract/decisions.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { InputRequest } from "../../contract/input.ts";
import type { ConnectorKind } from "../../contract/terminals.ts";
import { findTerminal } from "./find.ts";
import { askToLeave, askToStop, type LeavePorts } from "./leave.ts";
import type { PaneFacts, PaneSignal } from "./ports.ts";
import { explain, isAtDialog, startingStatus } from "./status.ts";
import type { LaunchRecord, TerminalRecord } from "./store.ts";
import { Terminal, type TerminalPorts } from "./terminal.ts";

export interface OwnLaunch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface LaunchSpec {
  /** Given where its id was written down before its launch. */
  readonly id?: string;
  readonly session: string;
  readonly name: string;
  readonly provider: string;
  readonly profile: string | null;
  readonly agentId?: string | undefined;
  readonly labels: readonly string[];
  readonly cwd: string;
  readonly worktree: string | null;
  readonly argv: readonly string[];
  readonly args: readonly string[];
  readonly envNames: readonly string[];
  readonly gate?: GateLevel | undefined;
  readonly network?: Network | undefined;
  readonly agentSession?: string | undefined;
  readonly transcriptRoot?: string | undefined;
  /** Makes what the agent is shut in by; none where it is not contained. */
  readonly wrapper?: ((terminalId: string) => readonly string[]) | undefined;
  /** Called once for a launch: what only this terminal is given, its id and token among it. */
  readonly own: (terminalId: string) => OwnLaunch;
  readonly readyMs: number;
  /** In a pane, where nothing is said. */
  readonly connector?: ConnectorKind | undefined;
  /** Of who launches it: for processes to come of one without a pane. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What drives the agents that have no pane. */
export interface PanelessDriver {
  /** Its next process gets that caller's environment. */
  open(terminal: Terminal, env: Readonly<Record<string, string>>): void;
  /** Goes on with what a daemon before this one began. */
  adopt(terminal: Terminal): Promise<void>;
  interrupt(terminal: Terminal): void;
  /** Resolves when nothing of it runs any more. */
  end(terminal: Terminal): Promise<void>;
}

export interface TerminalsPorts extends TerminalPorts, LeavePorts {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly logPath: (terminalId: string) => string;
  /** It was found again: what its agent said meanwhile is heard before its screen is looked at. */
  readonly adopted?: ((terminal: Terminal) => Promise<void>) | undefined;
  readonly paneless?: PanelessDriver | undefined;
  /** Ends a process that outlives its pane. */
  readonly endProcess: (pid: number) => void;
}

export class Terminals {
  readonly #ports: TerminalsPorts;
  readonly #all = new Map<string, Terminal>();
  readonly #byPane = new Map<string, Terminal>();
  readonly #overdue = new Map<string, () => void>();
  readonly #stopListening: () => void;

  constructor(ports: TerminalsPorts) {
    this.#ports = ports;
    this.#stopListening = ports.driver.signals((signal) => this.#hear(signal));
  }

  all(): Terminal[] {
    return [...this.#all.values()];
  }

  live(): Terminal[] {
    return this.all().filter((terminal) => terminal.isLive);
  }

  byId(id: string): Terminal | undefined {
    return this.#all.get(id);
  }

  /**
   * By id, a unique beginning of an id, `session/name`, or a name; live ones win over ended ones.
   * @throws {ConductorError} `not_found`, `name.ambiguous`
   */
  find(ref: string): Terminal {
    return this.#all.get(ref) ?? findTerminal(this.all(), ref);
  }

  /** Matches the stored terminals with the panes that tmux has; what has no pane any more is lost. */
  async adopt(): Promise<void> {
    const panes = new Map(
      (await this.#ports.driver.adopt()).map((facts) => [facts.terminalId, facts]),
    );
    const records = await this.#ports.store.list();
    const known = await Promise.all(records.map((record) => this.#restore(record)));
    for (const terminal of known) this.#all.set(terminal.record.id, terminal);
    await Promise.all(known.map((terminal) => this.#adoptOne(terminal, panes)));
  }

  async #restore(record: TerminalRecord): Promise<Terminal> {
    const [turn] = await this.#ports.store.turns(record.id, 1);
    return new Terminal(this.#ports, record, turn);
  }

  async #adoptOne(terminal: Terminal, panes: ReadonlyMap<string, PaneFacts>): Promise<void> {
    const { record } = terminal;
    const pane = panes.get(record.id);
    if (terminal.isPaneless) {
      if (terminal.isLive) await this.#ports.paneless?.adopt(terminal);
      return;
    }
    if (pane === undefined) return this.#lose(terminal, "its pane is gone");
    if (!terminal.isLive) return;
    await this.#ports.adopted?.(terminal);
    this.#byPane.set(pane.paneId, terminal);
    if (pane.paneId !== record.paneId || pane.pid !== record.pid) {
      await terminal.patch(
        { paneId: pane.paneId, pid: pane.pid },
        this.#event("adopted", record, "daemon"),
      );
    }
    // One pane that cannot be read, or goes at this moment, is no reason not to find the others.
    await terminal.look().catch((error: unknown) => {
      const fields = { terminal: record.id, error: describeError(error) };
      this.#ports.log.warn(fields, "a pane could not be read when it was found again");
    });
  }

  async launch(spec: LaunchSpec, actor: string): Promise<Terminal> {
    await this.#openSession(spec);
    const record = this.#newRecord(spec);
    await this.#ports.store.insert(record, this.#event("launched", record, actor));
    const terminal = new Terminal(this.#ports, record);
    this.#all.set(record.id, terminal);
    await this.#start(terminal, spec);
    return terminal;
  }

  /** Runs the agent of an ended or live terminal again, in a new pane under the same id. */
  async restart(terminal: Terminal, spec: LaunchSpec, actor: string): Promise<Terminal> {
    terminal.markRestarting();
    if (terminal.isLive) await this.stop(terminal, { actor, force: false });
    const at = this.#ports.clock.now();
    const started = startingStatus(at);
    const change = {
      status: started.status,
      detail: started.detail,
      composer: started.composer,
      statusAt: at,
      reason: null,
      exitCode: null,
      why: explain(started),
    };
    await this.#openSession(spec);
    const { profile, agentId = null, labels, cwd, worktree } = spec;
    const patch = { profile, agentId, labels, cwd, worktree, launch: launchOf(spec) };
    await this.#ports.store.update(terminal.record.id, patch, null);
    const event = this.#event("restarted", terminal.record, actor);
    const record = await this.#ports.store.changeStatus(terminal.record.id, change, event);
    const again = await this.#restore(record);
    this.#all.set(record.id, again);
    await this.#start(again, spec);
    return again;
  }

  async stop(
    terminal: Terminal,
    how: { actor: string; force: boolean },
  ): Promise<"left" | "killed"> {
    terminal.markLeaving(true);
    try {
      const asked = how.force ? false : await askToLeave(this.#ports, terminal);
      await this.#end(terminal, how.actor);
      return asked ? "left" : "killed";
    } catch (error) {
      terminal.markLeaving(false);
      throw error;
    }
  }

  async #end(terminal: Terminal, actor: string): Promise<void> {
    const { paneId, pid } = terminal.record;
    this.#ports.failpoint?.("stop.before-kill");
    if (terminal.isPaneless) await this.#ports.paneless?.end(terminal);
    if (paneId !== null) {
      this.#byPane.delete(paneId);
      await this.#ports.driver.kill(paneId).catch((error: unknown) => {
        if (!(error instanceof ConductorError && error.code === "pane.gone")) throw error;
      });
    }
    this.#ports.failpoint?.("stop.after-kill");
    if (pid !== null) this.#ports.endProcess(pid);
    await terminal.forgetPane();
    const rule = `stopped by ${actor}`;
    await terminal.onSignal({ kind: "dead", at: this.#ports.clock.now(), exitCode: null, rule });
    await terminal.patch({}, this.#event("stopped", terminal.record, actor));
    terminal.close();
  }

  /** @throws {ConductorError} `state.conflict` where the key would end the CLI, or answer a dialog */
  async interrupt(terminal: Terminal): Promise<void> {
    refuseInterrupt(terminal);
    terminal.markInterrupted();
    if (terminal.isPaneless) return this.#ports.paneless?.interrupt(terminal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // What is cleared after that is nobody's to wait for.
    this.#stopTurn(terminal, resolve).then(resolve, reject);
    await promise;
  }

  async #stopTurn(terminal: Terminal, pressed: () => void): Promise<void> {
    terminal.markStopping(true);
    try {
      await askToStop(this.#ports, terminal, pressed);
    } finally {
      terminal.markStopping(false);
    }
    // Whoever waited for this sees it now.
    await terminal.look();
  }

  /** As a person at the keyboard would; what was typed is nobody's to keep. */
  async type(
    terminal: Terminal,
    { text = "", keys = [] }: InputRequest,
    actor: string,
  ): Promise<void> {
    const pane = paneOf(terminal);
    const event = this.#event("typed", terminal.record, actor);
    const data = { ...event.data, characters: text.length, keys: keys.length };
    await terminal.patch({}, { ...event, data });
    if (text !== "") await this.#ports.driver.paste(pane, text);
    if (keys.length > 0) await this.#ports.driver.keys(pane, keys);
  }

  async rename(terminal: Terminal, name: string, actor: string): Promise<void> {
    const event = this.#event("renamed", terminal.record, actor);
    await terminal.patch({ name }, { ...event, data: { ...event.data, to: name } });
    if (terminal.isLive && !terminal.isPaneless)
      await this.#ports.driver.rename(paneOf(terminal), name);
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#all.delete(id);
  }

  close(): void {
    this.#stopListening();
    for (const cancel of this.#overdue.values()) cancel();
    for (const terminal of this.#all.values()) terminal.close();
  }

  async #start(terminal: Terminal, spec: LaunchSpec): Promise<void> {
    const { id, name, cwd, logPath } = terminal.record;
    this.#ports.failpoint?.("launch.after-row");
    if (terminal.isPaneless) {
      this.#ports.paneless?.open(terminal, spec.env ?? {});
      const at = this.#ports.clock.now();
      return terminal.onSignal({ kind: "process", at, status: "idle" });
    }
    try {
      const facts = await this.#ports.driver.spawn({
        session: spec.session,
        terminalId: id,
        name,
        cwd,
        ...spec.own(id),
        wrapper: spec.wrapper?.(id),
        logPath,
      });
      this.#ports.failpoint?.("launch.after-window");
      this.#byPane.set(facts.paneId, terminal);
      const event = this.#event("started", terminal.record, "daemon");
      await terminal.patch({ paneId: facts.paneId, pid: facts.pid }, event);
    } catch (error) {
      await terminal.onSignal({
        kind: "lost",
        at: this.#ports.clock.now(),
        rule: describeError(error),
      });
      throw error;
    }
    this.#watchStart(terminal, spec.readyMs);
  }

  #watchStart(terminal: Terminal, readyMs: number): void {
    const { id } = terminal.record;
    this.#overdue.get(id)?.();
    const cancel = this.#ports.clock.after(readyMs, () => {
      this.#overdue.delete(id);
      const rule = `not ready ${Math.round(readyMs / 1000)} s after its launch`;
      this.#tell(terminal.onSignal({ kind: "overdue", at: this.#ports.clock.now(), rule }));
    });
    this.#overdue.set(id, cancel);
  }

  #hear(signal: PaneSignal): void {
    switch (signal.kind) {
      case "screen":
        this.#on(signal.paneId, (terminal) => terminal.onScreen(signal.screen));
        return;
      case "facts":
        this.#on(signal.facts.paneId, (terminal) => this.#learn(terminal, signal.facts));
        return;
      case "exiting":
        this.#on(signal.paneId, (terminal) => terminal.look());
        return;
      case "gone":
        this.#on(signal.paneId, (terminal) => this.#lose(terminal, "its pane was closed"));
        return;
      case "session-ended":
        this.#loseAll(signal.session, "its session ended");
        return;
      case "server-lost":
        this.#loseAll(undefined, "the tmux server is gone");
        return;
    }
  }

  /** Output brings looks of its own; copy mode and another program in front may draw nothing. */
  async #learn(terminal: Terminal, { dead, inMode, command }: PaneFacts): Promise<void> {
    const seen = terminal.lastLook?.screen;
    if (dead || seen?.inMode !== inMode || seen.command !== command) await terminal.look();
  }

  #loseAll(session: string | undefined, rule: string): void {
    for (const terminal of this.all()) {
      if (terminal.isPaneless) continue;
      if (session === undefined || terminal.record.session === session)
        this.#tell(this.#lose(terminal, rule));
    }
  }

  async #lose(terminal: Terminal, rule: string): Promise<void> {
    const { paneId } = terminal.record;
    if (paneId !== null) this.#byPane.delete(paneId);
    if (terminal.isLive) {
      await terminal.onSignal({ kind: "lost", at: this.#ports.clock.now(), rule });
    }
    await terminal.forgetPane();
  }

  #on(paneId: string, work: (terminal: Terminal) => Promise<unknown>): void {
    const terminal = this.#byPane.get(paneId);
    if (terminal !== undefined) this.#tell(work(terminal));
  }

  #tell(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#ports.log.error({ error: describeError(error) }, "a terminal's signal was not handled");
    });
  }

  #newRecord(spec: LaunchSpec): TerminalRecord {
    const at = this.#ports.clock.now();
    const id = spec.id ?? newId("t", at);
    const started = startingStatus(at);
    const { session, name, provider, profile, agentId = null, labels, cwd, worktree } = spec;
    const place = {
      paneId: null,
      pid: null,
      nonce: id.slice(-16),
      logPath: this.#ports.logPath(id),
    };
    return {
      id,
      session,
      name,
      provider,
      profile,
      agentId,
      labels,
      cwd,
      worktree,
      launch: launchOf(spec),
      ...place,
      status: started.status,
      detail: started.detail,
      composer: started.composer,
      statusAt: at,
      reason: null,
      exitCode: null,
      createdAt: at,
      why: explain(started),
    };
  }

  async #openSession({ session, connector = "tmux" }: LaunchSpec): Promise<void> {
    if (connector === "tmux") await this.#ports.driver.openSession(session, this.#ports.size);
  }

  #event(verb: string, record: TerminalRecord, actor: string): NewEvent {
    const { session, name, provider, profile } = record;
    return {
      type: `terminal.${verb}`,
      subject: record.id,
      actor,
      data: { session, name, provider, profile },
    };
  }
}

function launchOf(spec: LaunchSpec): LaunchRecord {
  const { argv, envNames, profile, args, gate, network, agentSession, transcriptRoot } = spec;
  const { connector } = spec;
  return { argv, envNames, profile, args, gate, network, agentSession, transcriptRoot, connector };
}

function paneOf(terminal: Terminal): string {
  const { paneId, name } = terminal.record;
  if (paneId === null) throw new ConductorError("pane.gone", `${name} has no pane`);
  return paneId;
}

function refuseInterrupt({ record, status, isLive }: Terminal): void {
  if (!isLive) throw new ConductorError("pane.gone", `${record.name} is ${status.status}`);
  if (status.status !== "idle" && !isAtDialog(status)) return;
  const why =
    status.status === "idle" ? "does nothing that could be interrupted" : "waits for an answer";
  const hint = status.status === "idle" ? `conductor why ${record.name}` : "conductor approvals";
  throw new ConductorError("state.conflict", `${record.name} ${why}`, { hint });
}
