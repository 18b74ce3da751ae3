import type { Clock } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { Lifetime } from "../../base/lifetime.ts";
import type { PanelClient } from "./client.ts";
import { decide } from "./decide.ts";
import { startFeed } from "./feed.ts";
import { createKeyReader } from "./key-reader.ts";
import { createLoop, type LoopPorts, sizeOf } from "./loop.ts";
import { createScreen, type PanelInput, type PanelOutput } from "./screen.ts";
import { initialState, type PanelEvent } from "./state.ts";
import { createTimers } from "./timers.ts";
import { update } from "./update.ts";
import { view } from "./view.ts";

export type { PanelClient } from "./client.ts";

export interface PanelOptions {
  readonly client: PanelClient;
  readonly stdin: PanelInput;
  readonly stdout: PanelOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Print the panel as it is now, as plain text, and end. */
  readonly once?: boolean;
}

const exitSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SECOND_MS = 1_000;

/**
 * Runs the side pane until it is quit; resolves with the exit code.
 * The terminal is given back on every way out.
 * @throws {ConductorError} `usage.invalid` where there is no terminal to draw on
 */
export async function runPanel(options: PanelOptions): Promise<number> {
  if (options.once === true) return printOnce(options);
  if (options.stdin.isTTY !== true || options.stdout.isTTY !== true) {
    throw new ConductorError("usage.invalid", "the panel needs a terminal to draw on", {
      hint: "`conductor panel --once` prints it as text",
    });
  }
  return Lifetime.run((lifetime) => interact(options, lifetime));
}

async function printOnce({ client, stdout, clock }: PanelOptions): Promise<number> {
  const [approvals, terminals] = await Promise.all([client.approvals(), client.terminals()]);
  const size = sizeOf(stdout);
  const event: PanelEvent = { type: "snapshot", approvals, terminals, now: clock.now() };
  const { state } = update(initialState(size, clock.now()), event);
  const rows = view({ ...state, quietUntil: 0 }, size).rows.map((cells) =>
    cells
      .map((cell) => cell.text)
      .join("")
      .trimEnd(),
  );
  stdout.write(`${rows.slice(0, -1).join("\n").trimEnd()}\n`);
  return 0;
}

async function interact(options: PanelOptions, lifetime: Lifetime): Promise<number> {
  const { client, stdin, stdout, clock, env } = options;
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<number>();
  const timers = lifetime.own(createTimers(clock));
  const screen = createScreen(stdin, stdout);
  lifetime.own(() => screen.leave());
  const perform: LoopPorts["perform"] = (effect) => {
    if (effect.type === "decide") void decide(client, clock, effect).then(send);
    else if (effect.type === "refresh") feed.refresh();
    else if (effect.type === "bell") stdout.write("\x07");
    else if (effect.type === "wake") timers.after(Math.max(0, effect.at - clock.now()), tick);
    else end(0);
  };
  const loop = createLoop({ stdout, clock, hasColour: (env["NO_COLOR"] ?? "") === "", perform });
  /** Nothing is drawn on a terminal that was given back, and a defect ends the panel. */
  const guarded = (run: () => void) => {
    try {
      if (!lifetime.signal.aborted) run();
    } catch (error) {
      reject(error);
    }
  };
  const send = (event: PanelEvent) => guarded(() => loop.send(event));
  const tick = () => send({ type: "tick", now: clock.now() });
  const everySecond = () => {
    tick();
    if (!lifetime.signal.aborted) timers.after(SECOND_MS, everySecond);
  };
  const reader = lifetime.own(createKeyReader(clock, (keys) => guarded(() => loop.press(keys))));
  listenToTerminal(options, lifetime, {
    end,
    read: (chunk) => guarded(() => reader.read(chunk)),
    resize: () => send({ type: "resize", size: sizeOf(stdout) }),
    drain: () => guarded(() => loop.paint()),
    resume: () => {
      screen.enter();
      guarded(() => loop.repaint());
    },
    crash: () => screen.leave(),
  });
  screen.enter();
  const feed = startFeed({ client, clock, send }, lifetime.signal);
  everySecond();
  return ended;
}

interface TerminalHandlers {
  readonly end: (code: number) => void;
  readonly read: (chunk: Uint8Array | string) => void;
  readonly resize: () => void;
  readonly drain: () => void;
  readonly resume: () => void;
  readonly crash: () => void;
}

function listenToTerminal(
  { stdin, stdout }: PanelOptions,
  lifetime: Lifetime,
  on: TerminalHandlers,
): void {
  const listen = (emitter: Emitter, event: string, run: (chunk: Buffer) => void) => {
    emitter.on(event, run);
    lifetime.own(() => void emitter.off(event, run));
  };
  const hangUp = () => on.end(exitSignals.SIGHUP);
  for (const [signal, code] of Object.entries(exitSignals)) {
    listen(process, signal, () => on.end(code));
  }
  listen(process, "SIGCONT", on.resume);
  listen(process, "exit", on.crash);
  listen(stdout, "resize", on.resize);
  listen(stdout, "drain", on.drain);
  listen(stdout, "error", hangUp);
  listen(stdin, "end", hangUp);
  listen(stdin, "error", hangUp);
  listen(stdin, "data", on.read);
}

interface Emitter {
  on(event: string, run: (chunk: Buffer) => void): unknown;
  off(event: string, run: (chunk: Buffer) => void): unknown;
}
