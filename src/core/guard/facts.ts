/** What the guard says about a shell text: every command that would run, and what each would do. */

/** What a command does, in the words that policy rules use (`does:`). A closed list. */
export const DEEDS = {
  read: "reads files or asks the system",
  build: "builds, tests, lints or runs the project's own code",
  write: "writes inside the workspace or its own scratch folder",
  "delete-regenerable": "deletes what a build makes again, or its own scratch",
  "git-local": "changes the repository in a way git can undo",
  "network-read": "fetches from the network",
  "shell-state": "changes only the shell, or the agent, that runs it",

  "delete-workspace": "deletes work inside the workspace",
  "delete-outside": "deletes outside the workspace",
  "delete-unresolved": "deletes something that cannot be told beforehand",
  "overwrite-workspace": "empties or overwrites work inside the workspace",
  "write-outside": "writes outside the workspace",
  "write-unresolved": "writes to a place that cannot be told beforehand",
  "write-startup": "writes a file that runs at log-in, commit or in CI",
  "write-system": "writes a file of the system or a device",
  persistence: "stays on the machine, or takes over more of it",
  "read-secret": "reads credentials",
  "send-data": "sends data to another machine",
  "send-secret": "sends credentials away",
  "run-downloaded": "runs what it fetched from the network",
  "run-obfuscated": "runs text that it hid first",
  "run-unresolved": "runs something that cannot be told beforehand",
  "run-hook": "makes a tool run another program through its settings",
  "remote-shell": "works on another machine",
  "git-discard": "throws away work that git does not keep",
  "git-push": "pushes commits",
  "git-rewrite": "rewrites or removes shared history",
  publish: "publishes a package, a release or a comment",
  "infra-change": "changes servers, clouds, clusters or containers' data",
  "database-change": "changes or drops data in a database",
  "process-kill": "ends processes or services",
  permissions: "changes owners or permissions widely",
  privilege: "runs with another user's rights",
  "system-packages": "installs or removes software of the machine",
  "disk-destroy": "destroys disks, or stops the machine",
  "fork-bomb": "starts processes without end",
  "guard-tamper": "touches the guard, its records, or an agent's own limits",
} as const;

export type Deed = keyof typeof DEEDS;

/** Reasons why a text could not be judged as a whole. */
export type AnalysisFlag = "parse_error" | "limit";

export interface Fact {
  readonly deed: Deed;
  /** What of the command made it so, for a person to read. */
  readonly note: string;
  /** An absolute path where one is known. */
  readonly path?: string;
}

/** One command that would run, normalised: wrappers off, quotes off, variables in. */
export interface Action {
  readonly argv: readonly string[];
  /** Program and operands, without options: `git push origin`. */
  readonly words: readonly string[];
  /** How it is reached: `sudo`, `bash -c`, `$( )` …, outermost first. */
  readonly via: readonly string[];
  readonly cwd: string | null;
  /** Some part of it is known only when it runs. */
  readonly dynamic: boolean;
  /** Absolute paths that its output is sent to. */
  readonly redirects: readonly string[];
  /** Empty: a program that the guard knows nothing about. */
  readonly facts: readonly Fact[];
}

export interface Analysis {
  readonly actions: readonly Action[];
  readonly flags: readonly AnalysisFlag[];
}

/** Where the text would run. Paths are absolute. */
export interface Place {
  readonly cwd: string;
  readonly workspace: string;
  readonly home: string;
  readonly user: string;
  /** A path with its symbolic links resolved as far as it exists; the path itself where it does not. */
  readonly realpath?: (path: string) => string;
  /** Processes of the guard, which nobody signals or debugs. */
  readonly guardPids?: readonly number[];
}
