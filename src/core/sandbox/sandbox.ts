/**
 * The words that shut an agent in (bubblewrap), from facts: everything is there to read but what opens a way
 * out; the workspace can be written, but not what others run or obey. Pure: what stands where comes in.
 */
import { join } from "node:path";
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
  /** In the home, of the CLI that is started: what is there is read-only, what is new is gone with the agent. */
  readonly folders: readonly string[];
  /** In those folders: what the CLI keeps for good, as transcripts and its login. */
  readonly state: readonly string[];
  /** In those folders: folders that are empty to it, since what it wrote there would be run outside. */
  readonly fresh: readonly string[];
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
   * Empty folders that have to be there: what does not exist cannot be made read-only. Git does not see them,
   * and one that somebody put something into is not empty any more.
   */
  readonly mountPoints: readonly string[];
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
  const argv = [
    ...BEGIN,
    ...(facts.offline === undefined ? [] : ["--unshare-net"]),
    ...scratch(facts),
    ...homeOf(facts),
    ...facts.writable.filter((path) => is(facts, path)).flatMap((path) => bind(path)),
    ...bind(facts.workspace),
    ...gitOf(facts),
    ...pinned(facts, read).flatMap((path) => bind(path)),
    ...read.flatMap((path) => bind(path, "--ro-bind")),
    ...ours(facts),
    ...DOORS.flatMap((name) => ["--unsetenv", name]),
    "--chdir",
    facts.workspace,
    ...INSIDE,
    ...(facts.offline ?? []),
    ...RESET,
  ];
  return { argv, mountPoints: read.filter((path) => facts.kind(path) === "absent") };
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

function homeOf(facts: SandboxFacts): string[] {
  const { home, agent } = facts;
  const fresh = CACHES.map((name) => join(home, name)).filter(
    (path) => facts.kind(path) === "folder",
  );
  const copies = agent.copies.filter((name) => facts.kind(join(home, name)) === "file");
  return [
    ...fresh.flatMap((path) => ["--tmpfs", path]),
    ...SECRETS.map((name) => facts.real(join(home, name))).flatMap((path) => hide(facts, path)),
    ...agent.folders.flatMap((name) => folderOf(facts, join(home, name))),
    ...copies.flatMap((name) => ["--bind", join(facts.copies, name), join(home, name)]),
  ];
}

function hide({ kind }: SandboxFacts, path: string): string[] {
  if (kind(path) === "folder") return ["--tmpfs", path, "--remount-ro", path];
  return kind(path) === "file" ? ["--ro-bind", "/dev/null", path] : [];
}

/** A folder of a CLI: new files are the agent's own, what stands there cannot be changed, its state can. */
function folderOf(facts: SandboxFacts, folder: string): string[] {
  if (facts.kind(folder) !== "folder") return [];
  const inHome = (names: readonly string[]) => new Set(names.map((name) => join(facts.home, name)));
  const state = inHome(facts.agent.state);
  const fresh = inHome(facts.agent.fresh);
  const inside = facts.list(folder).map((name) => join(folder, name));
  return [
    "--tmpfs",
    folder,
    ...inside.filter((path) => fresh.has(path)).flatMap((path) => ["--dir", path]),
    ...inside
      .filter((path) => !fresh.has(path))
      .filter((path) => facts.kind(path) === "file" || facts.kind(path) === "folder")
      .flatMap((path) => bind(path, state.has(path) ? "--bind" : "--ro-bind")),
  ];
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
  const shown = inside.flatMap((path) => {
    if (facts.kind(path) !== "link") return bind(path, "--ro-bind");
    const to = facts.real(path);
    // One that leads nowhere is resolved to itself.
    return to !== path ? ["--symlink", to, path] : [];
  });
  return ["--tmpfs", folder, ...shown];
}
