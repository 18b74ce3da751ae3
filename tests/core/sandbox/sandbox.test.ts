import { expect, test } from "vitest";
import { type Kind, type SandboxFacts, sandbox } from "../../../src/core/sandbox/index.ts";

const W = "/home/dev/project";

/** A machine on which nothing but this stands. */
function facts(
  there: Readonly<Record<string, Kind>>,
  more: Partial<SandboxFacts> = {},
): SandboxFacts {
  const all: Readonly<Record<string, Kind>> = { "/tmp": "folder", "/run": "folder", ...there };
  const paths = Object.keys(all);
  return {
    workspace: W,
    home: "/home/dev",
    conductorHome: "/home/dev/.conductor",
    sockets: [],
    shown: [],
    shownOfOurs: [],
    standIns: [],
    copies: "/home/dev/.conductor/run/contain/t_1",
    agent: {
      settings: [".claude", ".mcp.json", "x.json"],
      settingsFiles: ["x.json"],
      folders: [".claude"],
      state: [".claude/projects"],
      marks: [],
      fresh: [".claude/history", ".claude/own.db"],
      copies: [".claude.json"],
    },
    writable: [],
    namedByGit: [],
    kind: (path) => all[path] ?? "absent",
    real: (path) => path,
    list: (folder) =>
      paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    ...more,
  };
}

/** What the last mount at or above a path makes of it; the order of the words is the order of the mounts. */
function fate(argv: readonly string[], path: string): string {
  let found = "";
  for (const [at, word] of argv.entries()) {
    const isBind = word === "--bind" || word === "--ro-bind";
    if (!isBind && word !== "--tmpfs") continue;
    const to = argv[isBind ? at + 2 : at + 1] ?? "";
    if (path !== to && !path.startsWith(to === "/" ? to : `${to}/`)) continue;
    const from = isBind ? argv[at + 1] : "";
    found = isBind && from !== to ? `${word} ${from ?? ""}` : word;
  }
  return found;
}

const NOTHING: SandboxFacts["agent"] = {
  settings: [],
  settingsFiles: [],
  folders: [],
  state: [],
  fresh: [],
  marks: [],
  copies: [],
};

/** Folders that a home has once agents ran there. */
const HOME: Readonly<Record<string, Kind>> = {
  "/home/dev/.cache": "folder",
  "/home/dev/.npm": "folder",
  "/home/dev/.claude": "folder",
};

const words = (given: SandboxFacts): readonly string[] => sandbox(given).argv;

test.each<[string, string, Kind, string]>([
  ["the system", "/usr/bin/env", "file", "--ro-bind"],
  ["the home", "/home/dev/.bashrc", "file", "--ro-bind"],
  ["a neighbour of the workspace", "/home/dev/project2/a", "file", "--ro-bind"],
  ["the workspace", `${W}/src/a.ts`, "file", "--bind"],
  ["our home", "/home/dev/.conductor/conductor.db", "file", "--tmpfs"],
  ["a socket in /tmp", "/tmp/tmux-1000/default", "other", "--tmpfs"],
  ["a socket in /run", "/run/docker.sock", "other", "--tmpfs"],
  ["a key", "/home/dev/.ssh/id_ed25519", "file", "--tmpfs"],
  ["a cache", "/home/dev/.npm/x", "file", "--tmpfs"],
])("%s", (_name, path, kind, expected) => {
  const folder = path.split("/").slice(0, 4).join("/");
  expect(fate(words(facts({ [folder]: "folder", [path]: kind })), path)).toBe(expected);
});

test.each([
  [".ai/policy.yaml", {}],
  [".claude/settings.json", {}],
  [".mcp.json", {}],
  [".git/config", {}],
  [".git/hooks/pre-commit", {}],
  [".ai/policy.yaml", { [`${W}/.ai`]: "folder" }],
  [".claude/settings.json", { [`${W}/.claude`]: "folder" }],
  [".git/config", { [`${W}/.git`]: "folder" }],
  [".git/hooks/pre-commit", { [`${W}/.git`]: "folder", [`${W}/.git/hooks`]: "folder" }],
  [".git/info/attributes", { [`${W}/.git`]: "folder" }],
  [".git/config.worktree", { [`${W}/.git`]: "folder" }],
  [".git/modules/a/config", { [`${W}/.git`]: "folder", [`${W}/.git/modules`]: "folder" }],
  [".husky/pre-commit", { [`${W}/.husky`]: "folder" }],
] satisfies [string, Record<string, Kind>][])("%s is read-only, with %o", (path, there) => {
  expect(fate(words(facts(there)), `${W}/${path}`)).toBe("--ro-bind");
});

test("a folder that stands in for the CLI's own takes new files; its settings stay, its links lead on", () => {
  const folder = "/home/dev/.conductor/run/terminals/t_1/.gemini";
  const argv = words(
    facts(
      {
        [folder]: "folder",
        [`${folder}/settings.json`]: "file",
        [`${folder}/tmp`]: "link",
        "/home/dev/.gemini/tmp": "folder",
      },
      { standIns: [folder], real: (path) => path.replace(folder, "/home/dev/.gemini") },
    ),
  );
  expect(fate(argv, `${folder}/new`)).toBe("--tmpfs");
  expect(fate(argv, `${folder}/settings.json`)).toBe("--ro-bind");
  expect(argv.join(" ")).toContain(`--symlink /home/dev/.gemini/tmp ${folder}/tmp`);
});

test("git goes on working: its other files are the agent's", () => {
  const argv = words(facts({ [`${W}/.git`]: "folder", [`${W}/.git/config`]: "file" }));
  for (const path of ["index.lock", "HEAD", "objects/ab/cd", "refs/heads/x"])
    expect(fate(argv, `${W}/.git/${path}`)).toBe("--bind");
});

test("folders above what is protected are mounts of their own, so that none is renamed away", () => {
  const argv = words(
    facts(
      { [`${W}/.git`]: "folder", [`${W}/tools/hooks`]: "folder" },
      { namedByGit: [`${W}/tools/hooks`] },
    ),
  );
  expect(argv.join(" ")).toContain(`--bind ${W}/.git ${W}/.git`);
  expect(argv.join(" ")).toContain(`--bind ${W}/tools ${W}/tools`);
  expect(fate(argv, `${W}/tools/hooks/pre-commit`)).toBe("--ro-bind");
});

test("what is absent gets an empty folder to mount on, what is there does not", () => {
  const made = sandbox(facts({ ...HOME, [`${W}/.claude`]: "folder" })).mountPoints;
  expect(made).toEqual([`${W}/.ai`, `${W}/.mcp.json`, `${W}/.git`]);
});

test("what a CLI reads as a file is an empty device where it is absent", () => {
  const { argv, mountSockets } = sandbox(facts(HOME));
  expect(mountSockets).toEqual([`${W}/x.json`]);
  expect(argv.join(" ")).toContain(`--dev-bind /dev/null ${W}/x.json`);
  const there = sandbox(facts({ ...HOME, [`${W}/x.json`]: "file" }));
  expect(there.mountSockets).toEqual([]);
  expect(fate(there.argv, `${W}/x.json`)).toBe("--ro-bind");
});

test("a mark that a CLI would make is there, in a folder that stays read-only with what is in it", () => {
  const agent = { ...NOTHING, settings: [".y"], marks: [".y/.gitignore"] };
  const folder = `${W}/.y`;
  const wordsWith = (there: Record<string, Kind>): string =>
    sandbox(facts({ ...HOME, ...there }, { agent })).argv.join(" ");
  const mark = (inside: string, at = folder): string =>
    `--tmpfs ${at} ${inside}--dir ${at}/.gitignore --remount-ro ${at}`;
  expect(wordsWith({})).toContain(mark(""));
  const one = `${folder}/a.json`;
  const there: Record<string, Kind> = { [folder]: "folder", [one]: "file" };
  expect(wordsWith(there)).toContain(mark(`--ro-bind ${one} ${one} `));
  expect(wordsWith({ ...there, [`${folder}/.gitignore`]: "file" })).toContain(
    `--ro-bind ${folder} ${folder}`,
  );
  expect(wordsWith({ "/home/dev/.y": "folder" })).toContain(mark("", "/home/dev/.y"));
});

test("in a home where its CLI never ran the agent has fresh folders for it, and nothing above them", () => {
  const agent = { ...NOTHING, folders: [".local/share/x"] };
  const made = sandbox(facts({ "/home/dev/.npm": "folder" }, { agent }));
  expect(fate(made.argv, "/home/dev/.local/share/x/a.db")).toBe("--tmpfs");
  expect(fate(made.argv, "/home/dev/.cache/a")).toBe("--tmpfs");
  expect(fate(made.argv, "/home/dev/.local/share/y")).toBe("--ro-bind");
  const above = ["/home/dev/.local", "/home/dev/.local/share"];
  expect(made.mountPoints.slice(0, 4)).toEqual(["/home/dev/.cache", ...above, `${above[1]}/x`]);
});

test("a folder of a CLI that a link or a file leads away from is not made", () => {
  const agent = { ...NOTHING, folders: [".local/share/x"] };
  for (const kind of ["link", "file"] as const) {
    const made = sandbox(facts({ ...HOME, "/home/dev/.local": kind }, { agent }));
    expect([...made.argv, ...made.mountPoints].join(" ")).not.toContain(".local");
  }
});

test("of a worktree the repository's objects and refs can be written, its configuration cannot", () => {
  const repository = "/home/dev/main/.git";
  const own = `${repository}/worktrees/x`;
  const there: Record<string, Kind> = { [`${W}/.git`]: "file", [own]: "folder" };
  for (const name of ["objects", "refs", "logs"]) there[`${repository}/${name}`] = "folder";
  const argv = words(facts(there, { git: { own, common: repository } }));
  expect(fate(argv, `${repository}/objects/ab/cd`)).toBe("--bind");
  expect(fate(argv, `${own}/index.lock`)).toBe("--bind");
  for (const path of [
    `${W}/.git`,
    `${own}/commondir`,
    `${own}/gitdir`,
    `${repository}/config`,
    `${repository}/hooks/x`,
    `${repository}/worktrees/y/HEAD`,
  ])
    expect(fate(argv, path)).toBe("--ro-bind");
});

test("in the CLI's own folder what stands is read-only, its state is kept, what is new is gone", () => {
  const home = "/home/dev";
  const argv = words(
    facts(
      {
        [`${home}/.claude`]: "folder",
        [`${home}/.claude/settings.json`]: "file",
        [`${home}/.claude/projects`]: "folder",
        [`${home}/.claude/history`]: "folder",
        [`${home}/.claude/own.db`]: "file",
        [`${home}/.claude/themes`]: "link",
        [`${home}/.claude/daemon.sock`]: "other",
        [`${home}/.claude.json`]: "file",
      },
      { real: (path) => path.replace(".claude/themes", "dotfiles/themes") },
    ),
  );
  expect(fate(argv, `${home}/.claude/settings.json`)).toBe("--ro-bind");
  expect(fate(argv, `${home}/.claude/projects/a.jsonl`)).toBe("--bind");
  expect(fate(argv, `${home}/.claude/history/a`)).toBe("--tmpfs");
  expect(fate(argv, `${home}/.claude/own.db`)).toBe("--tmpfs");
  expect(argv.join(" ")).toContain(`--symlink ${home}/dotfiles/themes ${home}/.claude/themes`);
  expect(fate(argv, `${home}/.claude/settings.local.json`)).toBe("--tmpfs");
  expect(fate(argv, `${home}/.claude/daemon.sock`)).toBe("--tmpfs");
  expect(fate(argv, `${home}/.claude.json`)).toBe(
    `--bind ${home}/.conductor/run/contain/t_1/.claude.json`,
  );
});

test("a home below /tmp is shown again, with our own home and socket folders hidden in it", () => {
  const home = "/tmp/x/home";
  const conductorHome = `${home}/.conductor`;
  const there: Record<string, Kind> = { [home]: "folder", [`${home}/sockets`]: "folder" };
  const argv = words(
    facts(there, {
      home,
      conductorHome,
      workspace: "/tmp/x/work",
      sockets: [`${home}/sockets`],
      shownOfOurs: [`${conductorHome}/run/shims/1`],
    }),
  );
  expect(fate(argv, `${home}/.bashrc`)).toBe("--ro-bind");
  expect(fate(argv, `${home}/sockets/default`)).toBe("--tmpfs");
  expect(fate(argv, `${conductorHome}/token`)).toBe("--tmpfs");
  expect(fate(argv, `${conductorHome}/run/shims/1/rm`)).toBe("--ro-bind");
  expect(argv.join(" ")).toContain(`--remount-ro ${conductorHome}`);
});

test.each([
  ["the home", "/home/dev"],
  ["a folder above it", "/home"],
  ["the root", "/"],
  ["our own home", "/home/dev/.conductor/run"],
])("%s is no workspace", (_name, workspace) => {
  expect(() => sandbox(facts({}, { workspace }))).toThrow(/cannot be contained/);
});

test("what is protected and stands there as a link is refused", () => {
  expect(() => sandbox(facts({ [`${W}/.claude`]: "link" }))).toThrow(/\.claude is a link/);
});

test("the agent has no capability, sees its own processes only, and ends with its pane", () => {
  const argv = words(facts({})).join(" ");
  for (const word of [
    "--unshare-pid",
    "--cap-drop ALL",
    "--proc /proc",
    "--die-with-parent",
    "--unsetenv TMUX ",
    "--unsetenv SSH_AUTH_SOCK",
  ])
    expect(argv).toContain(word);
});

test("without a network the words that make up for it stand in front of the agent's", () => {
  const argv = words(facts({}, { offline: ["/x/offline", "node"] }));
  expect(argv).toContain("--unshare-net");
  expect(argv.slice(argv.indexOf("--") + 1)).toEqual([
    "/x/offline",
    "node",
    "/usr/bin/env",
    "--default-signal=INT,QUIT",
  ]);
  expect(words(facts({}))).not.toContain("--unshare-net");
});
