/**
 * Drives an agent by the Agent Client Protocol. As with a program that prints, a process serves one prompt and
 * goes on when the daemon dies: the session is the agent's own, and every process takes it up again.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type {
  ClientContext,
  InitializeResponse,
  NewSessionResponse,
  PromptResponse,
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionNotification,
} from "@agentclientprotocol/sdk";
import { execa } from "execa";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { printable } from "../base/printable.ts";
import { VERSION } from "../base/version.ts";
import { type AgentEvent, failedEnd, type Terminal } from "../core/terminals/index.ts";
import { type Tail, tailFile } from "../drivers/files/tail.ts";
import {
  type Detached,
  followDetached,
  preventDetached,
  startDetached,
} from "../drivers/process/detached.ts";
import { openReplay, type Replay } from "./acp-replay.ts";
import { LastWords } from "./last-words.ts";
import type { Plan } from "./launch-plan.ts";
import type { Assignment, Drive, Work, WorkListener } from "./paneless.ts";

export interface AcpPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly plan: (terminal: Terminal) => Promise<Plan>;
  /** How old a session has to be before that CLI finds it again. */
  readonly loadAfterMs: (provider: string) => number;
  /** A human's answer, or the policy's. */
  readonly permits: (
    terminal: Terminal,
    asked: Permission,
    signal: AbortSignal,
  ) => Promise<boolean>;
}

/** What the agent wants to do. */
export interface Permission {
  /** The exact call. */
  readonly text: string;
  /** Of a shell tool the very text. */
  readonly command: string | undefined;
}

type End = Extract<AgentEvent, { kind: "turnEnded" }>;

const GRACE_MS = 5_000;
/** It starts, and takes up its session. */
const READY_MS = 60_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** How long what it says may wait for more of it. */
const TELL_MS = 100;
const MAX_ANSWER = 4 * 1024 * 1024;
const ASKED = "asked";

export function createAcp(ports: AcpPorts): Drive {
  const works = new Map<string, AcpWork>();
  const workFor = (assignment: Assignment): AcpWork => {
    const { id } = assignment.terminal.record;
    const known = works.get(id);
    if (known !== undefined) return known;
    const work = new AcpWork(ports, assignment);
    works.set(id, work);
    void work.ended.then(() => works.delete(id));
    return work;
  };
  return {
    begin: async ({ text, ...assignment }) => {
      const { folder, terminal } = assignment;
      const { spec } = await ports.plan(terminal);
      const { id, launch } = terminal.record;
      const { argv, env } = spec.own(id);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { agentSession = null } = launch;
      const given: Task = { text, cwd: spec.cwd, session: agentSession };
      writeFileSync(join(folder, "task"), JSON.stringify(given), { mode: 0o600 });
      await execa("mkfifo", ["-m", "600", join(folder, "in")]);
      const wrapper = spec.wrapper?.(id) ?? [];
      await startDetached({ folder, argv: [...wrapper, ...argv], env, cwd: spec.cwd });
      const work = workFor(assignment);
      await work.begun.catch((error: unknown) => {
        work.kill();
        throw error;
      });
    },
    hasBegun: async (assignment) => {
      const { folder } = assignment;
      if (!claim(folder)) return true;
      // It waits for a prompt that will never come.
      if (!preventDetached(folder)) {
        const process = followDetached(folder, ports.clock);
        process.signal("SIGKILL");
        await process.ended;
      }
      return false;
    },
    follow: (assignment, listener) => {
      const work = workFor(assignment);
      work.listen(listener);
      return work;
    },
    readyAt: ({ record: { provider, launch } }, folder) => {
      const { id, at } = youngest(folder);
      return id === launch.agentSession ? at + ports.loadAfterMs(provider) : 0;
    },
    end: async ({ record }) => works.get(record.id)?.kill(),
  };
}

/** True for the one that may send the prompt, or see to it that nobody does. */
function claim(folder: string): boolean {
  try {
    closeSync(openSync(join(folder, ASKED), "wx", 0o600));
    return true;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "EEXIST") return false;
    // It did not even get its folder.
    if (code === "ENOENT") return true;
    throw error;
  }
}

class AcpWork implements Work {
  readonly ended: Promise<End>;
  readonly begun: Promise<void>;
  readonly #ports: AcpPorts;
  readonly #assignment: Assignment;
  readonly #process: Detached;
  readonly #replay: Replay;
  readonly #tails: readonly Tail[];
  readonly #abort = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  /** What came before somebody listened. */
  #early: ((listener: WorkListener) => void)[] = [];
  #listener: WorkListener | undefined;
  readonly #answer = new LastWords(MAX_ANSWER);
  /** Set while what it goes on to say waits to be told. */
  #untilTold: (() => void) | undefined;
  #complaint = "";
  #isAsked = false;
  #cancelSession: (() => Promise<void>) | undefined;
  #stop: () => void = () => undefined;

  constructor(ports: AcpPorts, assignment: Assignment) {
    const { folder } = assignment;
    this.#ports = ports;
    this.#assignment = assignment;
    this.begun = this.#begun.promise;
    // Whoever adopts it does not wait for that.
    this.begun.catch(() => undefined);
    this.#process = followDetached(folder, ports.clock);
    this.#replay = openReplay(folder, {
      before: (method) => this.#before(method),
      after: (method) => {
        if (method === "session/prompt") this.#begun.resolve();
      },
    });
    this.#tails = [
      this.#follow("out", (line) => this.#replay.read(line)),
      this.#follow("err", (line) => {
        this.#complaint = `${this.#complaint}\n${line}`.slice(-2_000);
      }),
    ];
    this.ended = this.#run();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  listen(listener: WorkListener): void {
    this.#listener = listener;
    for (const tell of this.#early.splice(0)) tell(listener);
  }

  interrupt(): void {
    void this.#cancelSession?.().catch(() => undefined);
    this.#after(() => this.kill());
  }

  kill(): void {
    this.#process.signal("SIGTERM");
    this.#after(() => this.#process.signal("SIGKILL"));
  }

  forget(): void {
    rmSync(this.#assignment.folder, { recursive: true, force: true });
  }

  release(): void {
    this.#stop();
    this.#untilTold?.();
    this.#abort.abort();
    this.#process[Symbol.dispose]();
    for (const tail of this.#tails) tail[Symbol.dispose]();
  }

  #after(run: () => void): void {
    this.#stop();
    this.#stop = this.#ports.clock.after(GRACE_MS, run);
  }

  #tell(tell: (listener: WorkListener) => void): void {
    if (this.#listener === undefined) this.#early.push(tell);
    else tell(this.#listener);
  }

  #before(method: string): void {
    if (method !== "session/prompt") return;
    if (!claim(this.#assignment.folder))
      throw new ConductorError("state.conflict", "its prompt was taken back");
  }

  #follow(name: string, onLine: (line: string) => void): Tail {
    const path = join(this.#assignment.folder, name);
    const tail = tailFile(path, {
      from: "start",
      onLines: (lines) => {
        for (const { text } of lines) onLine(text);
      },
      onBytes: (total) => {
        if (total > MAX_BYTES) this.#process.signal("SIGKILL");
      },
      onReset: () => undefined,
      onError: (error) =>
        this.#ports.log.warn({ path, error: describeError(error) }, "an agent's output is unread"),
    });
    void tail.poke();
    return tail;
  }

  async #run(): Promise<End> {
    const gone = this.#process.ended.then(async (code) => {
      await Promise.all(this.#tails.map((tail) => tail.poke()));
      this.#replay.close();
      return code;
    });
    const cancel = this.#ports.clock.after(READY_MS, () => {
      if (!this.#isAsked) this.kill();
    });
    try {
      const { stopReason } = await this.#converse();
      return this.#endOf(stopReason);
    } catch (error) {
      this.#begun.reject(this.#failure(error));
      return this.#failed(error);
    } finally {
      cancel();
      // Its session goes on with the next prompt, in a process of its own.
      this.kill();
      await gone;
      this.release();
    }
  }

  async #converse(): Promise<PromptResponse> {
    const { client, methods, PROTOCOL_VERSION } = await import("@agentclientprotocol/sdk");
    const app = client({ name: "agent-conductor" })
      .onNotification(methods.client.session.update, ({ params }) => this.#update(params))
      .onRequest(methods.client.session.requestPermission, ({ params }) =>
        this.#permission(params),
      );
    return app.connectWith(this.#replay.stream, async (agent) => {
      const { text, ...where } = taskIn(this.#assignment.folder);
      const can = await agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        clientInfo: { name: "agent-conductor", version: VERSION },
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      });
      const sessionId = await openSession(agent, can, where);
      if (sessionId !== where.session) begins(dirname(this.#assignment.folder), sessionId);
      this.#cancelSession = () => agent.notify(methods.agent.session.cancel, { sessionId });
      this.#tell((listener) => listener.session(sessionId));
      this.#answer.clear();
      const asked = agent.request(methods.agent.session.prompt, {
        sessionId,
        prompt: [{ type: "text", text }],
      });
      this.#isAsked = true;
      return asked;
    });
  }

  #update({ update }: SessionNotification): void {
    if (!this.#isAsked) return;
    if (update.sessionUpdate === "agent_message_chunk" && update.content.type === "text") {
      this.#answer.add(update.content.text);
      this.#untilTold ??= this.#ports.clock.after(TELL_MS, () => this.#tellAnswer());
    } else if (update.sessionUpdate === "tool_call") {
      // What it says after a call is its answer, and not what it said before.
      this.#tellAnswer();
      this.#answer.clear();
      this.#tell((listener) => listener.word({ kind: "working" }));
    }
  }

  /** All that it said so far, anew: not for every few letters of it. */
  #tellAnswer(): void {
    if (this.#untilTold === undefined) return;
    this.#untilTold();
    this.#untilTold = undefined;
    const { text } = this.#answer;
    this.#tell((listener) => listener.word({ kind: "answer", text }));
  }

  async #permission({
    toolCall,
    options,
  }: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    const { terminal } = this.#assignment;
    const permission = permissionOf(toolCall);
    const isAllowed = await this.#ports
      .permits(terminal, permission, this.#abort.signal)
      .catch((error: unknown) => {
        const fields = { terminal: terminal.record.id, error: describeError(error) };
        this.#ports.log.error(fields, "an agent's request was not judged, and is refused");
        return false;
      });
    // Nobody has answered: the next daemon asks again.
    if (this.#abort.signal.aborted) await new Promise(() => undefined);
    // Once, and never more: what is allowed for longer is for our own grants to say.
    const kind = isAllowed ? "allow_once" : "reject_once";
    const option = options.find((each) => each.kind === kind);
    if (option === undefined) return { outcome: { outcome: "cancelled" } };
    return { outcome: { outcome: "selected", optionId: option.optionId } };
  }

  #endOf(stopReason: PromptResponse["stopReason"]): End {
    this.#tellAnswer();
    const answer = this.#answer.text === "" ? null : this.#answer.text;
    if (stopReason === "cancelled")
      return { kind: "turnEnded", state: "interrupted", detail: "", answer };
    if (stopReason === "end_turn")
      return { kind: "turnEnded", state: "completed", detail: "", answer };
    const why = `it stopped: ${stopReason}${answer === null ? "" : `\n${answer}`}`;
    return { kind: "turnEnded", state: "failed", detail: "failed", answer: why };
  }

  #failed(error: unknown): End {
    const { message } = this.#failure(error);
    const isLimit = /\b429\b|quota|rate.?limit|usage limit/i.test(message);
    return failedEnd(isLimit, message, message);
  }

  #failure(error: unknown): Error {
    const data: unknown = error instanceof Error ? Reflect.get(error, "data") : undefined;
    const more = data === undefined ? "" : ` ${JSON.stringify(data).slice(0, 1_000)}`;
    const complaint = printable(this.#complaint).trim();
    const about = complaint === "" ? "" : `: ${complaint}`;
    return new Error(`${describeError(error)}${more}${about}`);
  }
}

const task = z.object({ text: z.string(), cwd: z.string(), session: z.string().nullable() });
type Task = Readonly<z.infer<typeof task>>;

function taskIn(folder: string): Task {
  return task.parse(JSON.parse(readFileSync(join(folder, "task"), "utf8")));
}

/** The session that began last in a terminal, and when. */
function youngest(folder: string): { readonly id?: string; readonly at: number } {
  const file = join(folder, "session");
  const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return at === undefined ? { at: 0 } : { id: readFileSync(file, "utf8"), at };
}

function begins(folder: string, id: string): void {
  // A daemon that comes later reads of it once more.
  if (youngest(folder).id !== id) writeFileSync(join(folder, "session"), id, { mode: 0o600 });
}

/** The one that it had, where it can take that up. */
async function openSession(
  agent: ClientContext,
  { agentCapabilities: can }: InitializeResponse,
  { cwd, session: sessionId }: Omit<Task, "text">,
): Promise<string> {
  const where = { cwd, mcpServers: [] };
  if (sessionId !== null && can?.sessionCapabilities?.resume != null) {
    await agent.request("session/resume", { ...where, sessionId });
    return sessionId;
  }
  if (sessionId !== null && can?.loadSession === true) {
    // What its CLI has not kept begins anew.
    const load = agent.request("session/load", { ...where, sessionId });
    const isLoaded = await load.then(
      () => true,
      () => false,
    );
    if (isLoaded) return sessionId;
  }
  return (await agent.request<NewSessionResponse>("session/new", where)).sessionId;
}

function permissionOf({ title, kind, rawInput }: RequestPermissionRequest["toolCall"]): Permission {
  const input: unknown = rawInput;
  const said: unknown =
    typeof input === "object" && input !== null ? Reflect.get(input, "command") : null;
  const command = kind === "execute" && typeof said === "string" ? said : undefined;
  const words = [title ?? kind ?? "a call of a tool"];
  if (input !== undefined && input !== null) words.push(JSON.stringify(input, undefined, 2));
  return { command, text: command ?? words.join("\n").slice(0, 100_000) };
}
