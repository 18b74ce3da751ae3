/**
 * The words that shut an agent in (bubblewrap), from facts: everything is there to read but what opens a way
 * out; the workspace can be written, but not what others run or obey. Pure: what stands where comes in.
 */
import { dirname, join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import {
  CACHES,
  DOORS,
  isUnder,
  RUN_BY_GIT,
  SCRATCH,
  SECRETS,
  SHOWN_OF_RUN,
  under,
} from "./paths.ts";

/** What stands at a path; a link is not followed. Sockets, pipes and devices are `other`. */
export type Kind = "file" | "folder" | "link" | "other" | "absent";

/** What agents' CLIs keep, from their provider files. */
interface AgentFiles {
  /** In a workspace: what tells a CLI what to run. Of every CLI, since each obeys what it finds. */
  readonly settings: readonly string[];
  /** Of these, those that a CLI takes for a file whatever stands there. */
  readonly settingsFiles: readonly string[];
  /** In the home, of the CLI that is started: what is there is read-only, what is new is gone with the agent. */
  readonly folders: readonly string[];
  /** In those folders: what the CLI keeps for good, as transcripts and its login. */
  readonly state: readonly string[];
  /** In those folders: what it does not find, since it writes there what is run outside, or what others have open. */
  readonly fresh: readonly string[];
  /** In a workspace or the home: files that the CLI makes where they are not, and it does not outlive a no. */
  readonly marks: readonly string[];
  /** In the home: files of which the agent gets a copy to change. */
  readonly copies: readonly string[];
}

export interface SandboxFacts {
  /** All paths are absolute and real. */
  readonly workspace: string;
  readonly home: string;
  readonly conductorHome: string;
  /** Folders with sockets of ours. */
  readonly sockets: readonly string[];
  /** What the agent needs to run, wherever it lies. */
  readonly shown: readonly string[];
  /** The same, inside our own home. */
  readonly shownOfOurs: readonly string[];
  /** Folders of ours that its CLI takes for its own: what stands there is read-only, what is new is gone with it. */
  readonly standIns: readonly string[];
  /** Where the copies of files stand. */
  readonly copies: string;
  readonly agent: AgentFiles;
  /** What the user lets agents write besides. */
  readonly writable: readonly string[];
  /** Of a workspace that is a git worktree or a submodule: where `.git` leads. */
  readonly git?: { readonly own: string; readonly common: string } | undefined;
  /** Files and folders of the workspace that git's configuration names. */
  readonly namedByGit: readonly string[];
  /** Words of a program that makes up for the network that is taken away, put in front of the agent's. */
  readonly offline?: readonly string[] | undefined;
  readonly kind: (path: string) => Kind;
  readonly real: (path: string) => string;
  readonly list: (folder: string) => readonly string[];
}

export interface Sandbox {
  /** To be put in front of the agent's command. */
  readonly argv: readonly string[];
  /**
   * Empty folders that have to be there, each behind the one it is in: nothing is mounted on what does not exist.
   * Git does not see them, and one that somebody put something into is not empty any more.
   */
  readonly mountPoints: readonly string[];
  /** The same for what is read as a file: sockets, since nothing else that is no folder is unseen by git. */
  readonly mountSockets: readonly string[];
}

const BEGIN = `bwrap --unshare-pid --unshare-ipc --die-with-parent --cap-drop ALL
  --ro-bind / / --dev /dev --proc /proc`.split(/\s+/);
/**
 * Shims tell what the CLI itself starts by its number, which is always 2 in here. The launching shell keeps
 * INT and QUIT from bwrap; the agent gets them as ever.
 */
const INSIDE = `--unsetenv CONDUCTOR_PANE --setenv CONDUCTOR_AGENT 2 --setenv TMPDIR /tmp --`.split(
  " ",
);
const RESET = ["/usr/bin/env", "--default-signal=INT,QUIT"];

/** Ends with 0 where a sandbox can be made: what every one of them takes. */
export const SANDBOX_PROBE: readonly string[] = [
  ...BEGIN,
  "--tmpfs",
  "/tmp",
  ...INSIDE,
  ...RESET,
  "true",
];

/** @throws {ConductorError} `usage.invalid` where the workspace cannot be told from what is protected */
export function sandbox(facts: SandboxFacts): Sandbox {
  refuse(facts);
  const read = protectedPaths(facts);
  const own = ownFolders(facts, [...CACHES, ...facts.agent.folders]);
  const asFile = new Set(facts.agent.settingsFiles.map((name) => join(facts.workspace, name)));
  const mountSockets = read.filter((path) => asFile.has(path) && !is(facts, path));
  const asFolder = read.filter((path) => !mountSockets.includes(path));
  const argv = [
    ...BEGIN,
    ...(facts.offline === undefined ? [] : ["--unshare-net"]),
    ...scratch(facts),
    ...homeOf(facts),
    ...facts.writable.filter((path) => is(facts, path)).flatMap((path) => bind(path)),
    ...bind(facts.workspace),
    ...gitOf(facts),
    ...pinned(facts, read).flatMap((path) => bind(path)),
    ...asFolder.flatMap((path) => marked(facts, path, facts.workspace) ?? bind(path, "--ro-bind")),
    // It reads as empty, and swallows what is written.
    ...mountSockets.flatMap((path) => ["--dev-bind", "/dev/null", path]),
    ...ours(facts),
    ...DOORS.flatMap((name) => ["--unsetenv", name]),
    "--chdir",
    facts.workspace,
    ...INSIDE,
    ...(facts.offline ?? []),
    ...RESET,
  ];
  return { argv, mountPoints: absent(facts, [...own, ...asFolder]), mountSockets };
}

function refuse({ workspace, home, conductorHome }: SandboxFacts): void {
  const holds = [home, conductorHome, "/tmp", "/usr"].find((path) => isUnder(path, workspace));
  const inside = isUnder(workspace, conductorHome) ? conductorHome : undefined;
  const because = holds === undefined ? inside && `is inside ${inside}` : `holds ${holds}`;
  if (because === undefined) return;
  throw new ConductorError(
    "usage.invalid",
    `an agent cannot be contained in ${workspace}, which ${because}`,
    { hint: "start it in a project's own folder" },
  );
}

const is = ({ kind }: SandboxFacts, path: string): boolean => kind(path) !== "absent";
const bind = (path: string, how = "--bind"): string[] => [how, path, path];

/** Fresh folders, and in them what the agent needs all the same. */
function scratch(facts: SandboxFacts): string[] {
  const fresh = SCRATCH.filter((path) => facts.kind(path) === "folder");
  const isGone = (path: string): boolean => fresh.some((folder) => isUnder(path, folder));
  const repository = facts.git === undefined ? [] : [facts.git.common];
  const shown = [...SHOWN_OF_RUN, facts.home, ...repository, ...facts.shown].filter(
    (path) => isGone(path) && is(facts, path),
  );
  return [
    ...fresh.flatMap((path) => ["--tmpfs", path]),
    ...outermost(shown).flatMap((path) => bind(path, "--ro-bind")),
  ];
}

/** What is inside another one of them is there with it. */
function outermost(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && isUnder(path, other)),
  );
}

/** Those of the paths, and of the folders that they are in, that are not there. */
function absent(facts: SandboxFacts, paths: readonly string[]): string[] {
  const standing = new Set([facts.home, facts.workspace, "/"]);
  const missing = (path: string): string[] =>
    standing.has(path) || is(facts, path) ? [] : [...missing(dirname(path)), path];
  return [...new Set(paths.flatMap(missing))];
}

/** In the home, folders that the agent has of its own: where its CLI never ran they are not there yet. */
function ownFolders(facts: SandboxFacts, names: readonly string[]): string[] {
  // Below a link it would be made elsewhere.
  const canStand = (path: string): boolean =>
    path === facts.home ||
    facts.kind(path) === "folder" ||
    (!is(facts, path) && canStand(dirname(path)));
  return names.map((name) => join(facts.home, name)).filter(canStand);
}

function homeOf(facts: SandboxFacts): string[] {
  const { home, agent } = facts;
  const copies = agent.copies.filter((name) => facts.kind(join(home, name)) === "file");
  return [
    ...ownFolders(facts, CACHES).flatMap((path) => ["--tmpfs", path]),
    ...SECRETS.map((name) => facts.real(join(home, name))).flatMap((path) => hide(facts, path)),
    ...ownFolders(facts, agent.folders).flatMap((path) => folderOf(facts, path)),
    ...agent.marks.flatMap((name) => {
      const folder = dirname(join(home, name));
      return facts.kind(folder) === "folder" ? (marked(facts, folder, home) ?? []) : [];
    }),
    ...copies.flatMap((name) => ["--bind", join(facts.copies, name), join(home, name)]),
  ];
}

function hide({ kind }: SandboxFacts, path: string): string[] {
  if (kind(path) === "folder") return ["--tmpfs", path, "--remount-ro", path];
  return kind(path) === "file" ? ["--ro-bind", "/dev/null", path] : [];
}

/** A folder of a CLI: new files are the agent's own, what stands there cannot be changed, its state can. */
function folderOf(facts: SandboxFacts, folder: string): string[] {
  const inHome = (names: readonly string[]) => new Set(names.map((name) => join(facts.home, name)));
  const state = inHome(facts.agent.state);
  const fresh = inHome(facts.agent.fresh);
  const inside = facts.list(folder).map((name) => join(folder, name));
  const parts = inside.flatMap((path) => {
    if (!fresh.has(path)) return showing(facts, path, state.has(path) ? "--bind" : "--ro-bind");
    return facts.kind(path) === "folder" ? ["--dir", path] : [];
  });
  return ["--tmpfs", folder, ...parts];
}

/** As it is and read-only, with an empty folder for each mark: git sees those as little as what is not there. */
function marked(facts: SandboxFacts, folder: string, root: string): string[] | undefined {
  const marks = facts.agent.marks
    .map((name) => join(root, name))
    .filter((path) => dirname(path) === folder && !is(facts, path));
  if (marks.length === 0) return undefined;
  const inside = facts.list(folder).map((name) => join(folder, name));
  return [
    "--tmpfs",
    folder,
    ...inside.flatMap((path) => showing(facts, path)),
    ...marks.flatMap((path) => ["--dir", path]),
    "--remount-ro",
    folder,
  ];
}

function showing({ kind, real }: SandboxFacts, path: string, how = "--ro-bind"): string[] {
  if (kind(path) !== "link") return kind(path) === "other" ? [] : bind(path, how);
  const to = real(path);
  // One that leads nowhere is resolved to itself.
  return to === path ? [] : ["--symlink", to, path];
}

/** What git has to write where the workspace's own repository lies elsewhere. */
function gitOf(facts: SandboxFacts): string[] {
  const { git } = facts;
  if (git === undefined) return [];
  if (git.own === git.common) return bind(git.own);
  const shared = ["objects", "refs", "logs"].map((name) => join(git.common, name));
  return [git.own, ...shared.filter((path) => is(facts, path))].flatMap((path) => bind(path));
}

/** Folders above what is protected: a mount of its own cannot be renamed away with what is in it. */
function pinned({ workspace }: SandboxFacts, paths: readonly string[]): string[] {
  const above = paths.flatMap((path) => {
    const names = under(path, workspace)?.split("/").slice(0, -1) ?? [];
    return names.map((_, at) => join(workspace, ...names.slice(0, at + 1)));
  });
  return [...new Set(above)];
}

/** @throws {ConductorError} `usage.invalid` for a link, which cannot be protected */
function protectedPaths(facts: SandboxFacts): string[] {
  const { workspace, git, agent } = facts;
  const top = [".ai", ".husky", ".githooks", ...agent.settings].map((name) =>
    join(workspace, name),
  );
  const optional = new Set([".husky", ".githooks"].map((name) => join(workspace, name)));
  const paths = [
    ...top.filter((path) => !optional.has(path) || is(facts, path)),
    ...facts.namedByGit.filter((path) => isUnder(path, workspace)),
    ...runByGit(facts, git?.own ?? join(workspace, ".git")),
    ...(git === undefined ? [] : [join(workspace, ".git")]),
  ];
  const all = outermost(paths);
  const link = [...pinned(facts, all), ...all].find((path) => facts.kind(path) === "link");
  if (link === undefined) return all;
  throw new ConductorError("usage.invalid", `${link} is a link, so it cannot be made read-only`, {
    hint: "put the file itself there, or launch with --gate guard",
  });
}

function runByGit(facts: SandboxFacts, folder: string): string[] {
  // A folder that is no repository must not become one: git obeys what it finds in it.
  if (facts.kind(folder) !== "folder") return [folder];
  const isWorktree = facts.git !== undefined && facts.git.own !== facts.git.common;
  const names = isWorktree ? ["commondir", "gitdir", "config.worktree"] : RUN_BY_GIT;
  const modules = join(folder, "modules");
  return [...names.map((name) => join(folder, name)), ...(is(facts, modules) ? [modules] : [])];
}

/** Our own home and sockets, last: nothing before uncovers them. */
function ours(facts: SandboxFacts): string[] {
  const { conductorHome, sockets, shownOfOurs, standIns, kind } = facts;
  const hidden = sockets.filter((path) => kind(path) === "folder" && !isUnder(path, conductorHome));
  const all = [...new Set([...hidden, conductorHome])];
  return [
    ...all.flatMap((path) => ["--tmpfs", path]),
    ...shownOfOurs.flatMap((path) => bind(path, "--ro-bind")),
    ...standIns.flatMap((folder) => standIn(facts, folder)),
    ...all.flatMap((path) => ["--remount-ro", path]),
  ];
}

/** Its links lead to the CLI's folder in the home, as that is in here. */
function standIn(facts: SandboxFacts, folder: string): string[] {
  const inside = facts.list(folder).map((name) => join(folder, name));
  return ["--tmpfs", folder, ...inside.flatMap((path) => showing(facts, path))];
}
