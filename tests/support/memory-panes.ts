/** A tmux of the mind: panes whose screens a test sets, for everything that needs no real terminal. */
import { ConductorError } from "../../src/base/errors.ts";
import type {
  Key,
  PaneDriver,
  PaneFacts,
  PaneSignal,
  Screen,
  SpawnPane,
} from "../../src/core/terminals/index.ts";

export interface MemoryPanes extends PaneDriver {
  /** What the pane shows from now on; tells the listeners, as the real driver does. */
  show(paneId: string, screen: Partial<Screen>): void;
  emit(signal: PaneSignal): void;
  readonly spawned: SpawnPane[];
  readonly pressed: { paneId: string; keys: readonly Key[] }[];
  readonly pasted: { paneId: string; text: string }[];
  readonly killed: string[];
  readonly logsStarted: string[];
  readonly options: Map<string, string>;
  /** What people were shown. */
  readonly announced: string[];
}

export function memoryPanes(now: () => number): MemoryPanes {
  const panes = new Map<string, { facts: PaneFacts; screen: Screen }>();
  const listeners = new Set<(signal: PaneSignal) => void>();
  const emit = (signal: PaneSignal): void => {
    for (const listener of listeners) listener(signal);
  };
  const get = (paneId: string) => {
    const pane = panes.get(paneId);
    if (pane === undefined) throw new ConductorError("pane.gone", `${paneId} is gone`);
    return pane;
  };
  const blank = (): Screen => ({
    text: "",
    takenAt: now(),
    title: "",
    command: "fake",
    inMode: false,
    dead: false,
    exitCode: undefined,
  });
  const driver: MemoryPanes = {
    channel: "pipes",
    tmuxVersion: "3.3a",
    spawned: [],
    pressed: [],
    pasted: [],
    killed: [],
    logsStarted: [],
    options: new Map(),
    announced: [],
    emit,
    signals: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    openSession: async () => undefined,
    adopt: async () => [...panes.values()].map((pane) => pane.facts),
    spawn: async (pane) => {
      driver.spawned.push(pane);
      const paneId = `%${driver.spawned.length}`;
      const { session, terminalId } = pane;
      const about = { title: "", command: "fake", dead: false, exitCode: undefined, inMode: false };
      const facts = {
        paneId,
        session,
        terminalId,
        pid: 1_000_000 + driver.spawned.length,
        ...about,
      };
      panes.set(paneId, { facts, screen: blank() });
      return facts;
    },
    capture: async (paneId) => ({ ...get(paneId).screen, takenAt: now() }),
    facts: async (paneId) => get(paneId).facts,
    paste: async (paneId, text) => {
      get(paneId);
      driver.pasted.push({ paneId, text });
    },
    mayBeBracketed: () => true,
    keys: async (paneId, keys) => {
      get(paneId);
      driver.pressed.push({ paneId, keys });
    },
    rename: async () => undefined,
    kill: async (paneId) => {
      panes.delete(paneId);
      driver.killed.push(paneId);
    },
    endSession: async () => undefined,
    startLog: async (paneId) => {
      get(paneId);
      driver.logsStarted.push(paneId);
    },
    announce: async (text) => {
      driver.announced.push(text);
      return 1;
    },
    setOption: async (name, value) => void driver.options.set(name, value),
    close: async () => undefined,
    show: (paneId, screen) => {
      const pane = get(paneId);
      pane.screen = { ...pane.screen, ...screen, takenAt: now() };
      emit({ kind: "screen", paneId, screen: pane.screen, flooding: false });
    },
  };
  return driver;
}
