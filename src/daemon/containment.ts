/** Shuts agents in: what their sandbox needs on disk is made before they start, and taken away after them. */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Paths } from "../base/paths.ts";
import type { Network } from "../contract/decisions.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";
import { isUnder, type Sandbox, type SandboxFacts, sandbox } from "../core/sandbox/index.ts";
import {
  gitOf,
  kindOf,
  listOf,
  namedByGit,
  probeSandbox,
  programFolders,
  realOf,
} from "../drivers/process/sandbox-host.ts";

export interface Contained {
  readonly provider: ProviderDefinition;
  readonly cwd: string;
  readonly path: string;
  readonly shims: string;
  readonly network: Network | undefined;
}

export interface Containment {
  /**
   * Resolves with what makes, for a terminal, the words in front of its agent's command.
   * @throws {ConductorError} `sandbox.unavailable`, `usage.invalid`
   */
  prepare(agent: Contained): Promise<(terminalId: string) => readonly string[]>;
  /** Its agent has ended. */
  release(terminalId: string): void;
  /** Takes away what is left of agents that ended while no daemon ran. */
  sweep(isLive: (terminalId: string) => boolean): void;
  /** Resolves when nothing is left of agents that have ended. */
  close(): Promise<void>;
}

export interface ContainmentPorts {
  readonly paths: Paths;
  readonly clock: Clock;
  /** The folder of tmux's sockets. */
  readonly tmuxFolder: string;
  /** Folders of our own package. */
  readonly own: readonly string[];
  /** What brings our address into a sandbox without a network. */
  readonly offline: string;
  readonly port: () => number;
  /** From the settings; `~` is the home. */
  readonly writable: readonly string[];
  readonly providers: () => readonly ProviderDefinition[];
}

/** Until then every process of an ended agent is gone. */
const LINGER_MS = 500;

export function createContainment(ports: ContainmentPorts): Containment {
  const folder = join(ports.paths.home, "run", "contain");
  const lingering = new Map<string, () => void>();
  let works: Promise<void> | undefined;

  const release = (terminalId: string): void => {
    const made = readNote(folder, terminalId);
    const others = new Set(
      notes(folder)
        .filter((id) => id !== terminalId)
        .flatMap((id) => readNote(folder, id)),
    );
    for (const path of made.toReversed()) if (!others.has(path)) removeEmpty(path);
    rmSync(join(folder, terminalId), { recursive: true, force: true });
  };

  return {
    prepare: async (agent) => {
      works ??= probeSandbox();
      await works.catch((error: unknown) => {
        // What is missing may be installed while the daemon runs.
        works = undefined;
        throw error;
      });
      const { agent: files, ...facts } = factsOf(ports, agent);
      /** A socket that stands there for another agent's sandbox is as good as nothing. */
      const make = (terminalId: string, theirs: ReadonlySet<string>): Sandbox => {
        const settings = join(ports.paths.terminalSettings, terminalId);
        const shownOfOurs = [agent.shims, settings].filter((path) => kindOf(path) === "folder");
        const stands = agent.provider.hooks?.mirror;
        const standIns = stands === undefined ? [] : [join(settings, stands.folder)];
        const { agentSocket } = ports.paths;
        const door = { socket: agentSocket, port: ports.port() };
        const offline = [ports.offline, process.execPath, String(door.port), door.socket];
        if (agent.network === "off") shownOfOurs.push(dirname(agentSocket));
        return sandbox({
          ...facts,
          kind: (path) => (isSocketOf(theirs, path) ? "absent" : kindOf(path)),
          offline: agent.network === "off" ? offline : undefined,
          agent: files,
          shownOfOurs: shownOfOurs.map(realOf),
          standIns: standIns.filter((path) => kindOf(path) === "folder").map(realOf),
          copies: join(folder, terminalId),
        });
      };
      // What is wrong with the folder is said before anything is started.
      make("none", new Set());
      return (terminalId) => {
        lingering.get(terminalId)?.();
        const own = join(folder, terminalId);
        const theirs = new Set(notes(folder).flatMap((id) => readNote(folder, id)));
        const { argv, mountPoints, mountSockets } = make(terminalId, theirs);
        const standing = [...theirs].filter((path) => argv.some((word) => isUnder(word, path)));
        rmSync(own, { recursive: true, force: true });
        mkdirSync(own, { recursive: true, mode: 0o700 });
        // First what is about to be made, so that it is found whatever happens.
        const made = new Set([...standing, ...mountPoints, ...mountSockets]);
        writeNote(folder, terminalId, [...made]);
        for (const path of mountPoints) mkdirSync(path, { recursive: true });
        for (const path of mountSockets) if (kindOf(path) === "absent") makeSocket(path);
        for (const name of files.copies) copyIn(join(facts.home, name), join(own, name));
        return argv;
      };
    },
    release: (terminalId) => {
      if (!notes(folder).includes(terminalId)) return;
      lingering.get(terminalId)?.();
      const cancel = ports.clock.after(LINGER_MS, () => {
        lingering.delete(terminalId);
        release(terminalId);
      });
      lingering.set(terminalId, cancel);
    },
    sweep: (isLive) => {
      for (const id of notes(folder)) if (!isLive(id)) release(id);
    },
    close: async () => {
      const ids = [...lingering.keys()];
      if (ids.length === 0) return;
      for (const cancel of lingering.values()) cancel();
      const { promise, resolve } = Promise.withResolvers<void>();
      ports.clock.after(LINGER_MS, resolve);
      await promise;
      for (const id of ids) release(id);
    },
  };
}

function factsOf(
  ports: ContainmentPorts,
  { provider, cwd, path }: Contained,
): Omit<SandboxFacts, "copies" | "shownOfOurs" | "standIns" | "offline"> {
  const { paths } = ports;
  const workspace = realOf(cwd);
  const { contain } = provider;
  const of = (key: "settings" | "settingsFiles"): string[] => [
    ...new Set(ports.providers().flatMap((each) => each.contain[key])),
  ];
  return {
    workspace,
    home: realOf(homedir()),
    conductorHome: realOf(paths.home),
    sockets: [realOf(paths.socketFolder), realOf(ports.tmuxFolder)],
    shown: [...ports.own, dirname(realOf(process.execPath)), ...programFolders(path)].map(realOf),
    agent: { ...contain, settings: of("settings"), settingsFiles: of("settingsFiles") },
    writable: ports.writable.map((each) => realOf(each.replace(/^~(?=\/)/, homedir()))),
    git: gitOf(workspace),
    namedByGit: namedByGit(workspace),
    kind: kindOf,
    real: realOf,
    list: listOf,
  };
}

function notes(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nobody was contained yet.
    return [];
  }
}

function readNote(folder: string, terminalId: string): string[] {
  try {
    return readFileSync(join(folder, terminalId, NOTE), "utf8")
      .split("\0")
      .filter(Boolean);
  } catch {
    return [];
  }
}

function writeNote(folder: string, terminalId: string, made: readonly string[]): void {
  writeFileSync(join(folder, terminalId, NOTE), made.join("\0"), { mode: 0o600 });
}

const NOTE = "mount-points";

function copyIn(from: string, to: string): void {
  if (kindOf(from) !== "file") return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, to);
}

/** What somebody has put something into meanwhile is theirs. */
function removeEmpty(path: string): void {
  try {
    if (kindOf(path) === "other") unlinkSync(path);
    else rmdirSync(path);
  } catch {
    // Not empty, or gone.
  }
}

function isSocketOf(theirs: ReadonlySet<string>, path: string): boolean {
  return theirs.has(path) && kindOf(path) === "other";
}

/** One that nobody listens on: it is bound under another name, which alone goes with its server. */
function makeSocket(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    // A socket's address may have 107 bytes.
    const bound = `/proc/self/fd/${folder}/.${randomUUID()}`;
    const server = createServer().on("error", () => undefined);
    server.listen(bound);
    renameSync(bound, path);
    server.close();
  } finally {
    closeSync(folder);
  }
}
