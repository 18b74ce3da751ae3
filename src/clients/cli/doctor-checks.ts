import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { ConductorError, describeError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import { SANDBOX_PROBE } from "../../core/sandbox/index.ts";
import { connect, isAbsent } from "../link/connect.ts";
import { readSettings } from "./config-file.ts";
import type { Context } from "./context.ts";
import { providerFindings } from "./doctor-providers.ts";
import { type Finding, ok } from "./finding.ts";
import { linkOptions } from "./open-client.ts";
import { layersOf, notInForce, type PolicyState, policyStates } from "./policy-layers.ts";
import { findBinary, output } from "./programs.ts";

export async function checks(context: Context): Promise<Finding[]> {
  const [tmux, daemon, sandboxes, providers] = await Promise.all([
    tmuxFinding(context),
    daemonFinding(context),
    sandboxFindings(context),
    providerFindings(context),
  ]);
  return [
    nodeFinding(),
    tmux,
    ptyFinding(),
    ...peerFindings(context),
    ...sandboxes,
    ...homeFindings(context),
    configFinding(context),
    ...policyFindings(context),
    daemon,
    ...providers,
  ];
}

const LEAST_NODE = [22, 22] as const;

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isNew) return ok("node", process.versions.node);
  const told = `${process.versions.node} is older than ${LEAST_NODE.join(".")}`;
  return { state: "wrong", what: "node", told, fix: "npm install -g node@24" };
}

async function tmuxFinding({ env }: Context): Promise<Finding> {
  const fix = installCommand("tmux", (name) => findBinary(name, env["PATH"]) !== undefined);
  const told = await output("tmux", ["-V"]);
  if (told === undefined) return { state: "wrong", what: "tmux", told: "not found", fix };
  const match = /(\d+)\.(\d+)/.exec(told);
  const version = match === null ? 99 : Number(match[1]) * 100 + Number(match[2]);
  if (version >= 302) return ok("tmux", told.replace(/^tmux /, ""));
  return { state: "wrong", what: "tmux", told: `${told} is older than 3.2`, fix };
}

/** The command of the package manager that is there. */
export function installCommand(name: string, has: (binary: string) => boolean): string {
  if (has("apt-get")) return `sudo apt-get install -y ${name}`;
  if (has("dnf")) return `sudo dnf install -y ${name}`;
  if (has("pacman")) return `sudo pacman -S ${name}`;
  if (has("brew")) return `brew install ${name}`;
  return `install ${name} with your system's package manager`;
}

/** On Linux the daemon asks `ss` which process gives a verdict, and takes none from one it cannot find. */
function peerFindings({ env }: Context): Finding[] {
  if (process.platform !== "linux") return [];
  const has = (name: string): boolean => findBinary(name, env["PATH"]) !== undefined;
  if (has("ss")) return [ok("ss", "found; it tells who approves")];
  const told = "not found; without it nobody can approve or deny";
  return [{ state: "wrong", what: "ss", told, fix: installCommand("iproute2", has) }];
}

/** Only the gate level contain needs it, and refuses to start anything without. */
async function sandboxFindings({ env }: Context): Promise<Finding[]> {
  if (process.platform !== "linux") return [];
  const has = (name: string): boolean => findBinary(name, env["PATH"]) !== undefined;
  const [file = "", ...words] = SANDBOX_PROBE;
  const note = { state: "note", what: "sandbox" } as const;
  if (!has(file)) {
    const told = "bubblewrap is not installed; the gate level contain needs it";
    return [{ ...note, told, fix: installCommand("bubblewrap", has) }];
  }
  if ((await output(file, words)) !== undefined) {
    return [ok("sandbox", "bubblewrap works; agents can be contained")];
  }
  const told = "bubblewrap cannot make a sandbox here; the gate level contain needs it";
  const fix =
    "allow user namespaces; on Ubuntu: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
  return [{ ...note, told, fix }];
}

function ptyFinding(): Finding {
  try {
    createRequire(import.meta.url)("node-pty");
    return ok("node-pty", "the control connection runs over a terminal of its own");
  } catch {
    const told = "its native module is not there; the control connection runs over pipes";
    return {
      state: "note",
      what: "node-pty",
      told,
      fix: "npm rebuild node-pty (needs a compiler)",
    };
  }
}

function homeFindings({ paths }: Context): Finding[] {
  if (!existsSync(paths.home)) {
    return [ok("home", `${paths.home} will be made by the first command that needs it`)];
  }
  const isShort = paths.socketFolder === paths.home;
  const socket = isShort
    ? []
    : [ok("socket", `${paths.socket} (the home's path is too long for one)`)];
  return [privacy("home", paths.home, "700"), ...tokenFindings(paths.token), ...socket];
}

function tokenFindings(token: string): Finding[] {
  return existsSync(token) ? [privacy("token", token, "600")] : [];
}

function privacy(what: string, path: string, mode: string): Finding {
  const found = statSync(path);
  if (found.uid !== (process.getuid?.() ?? found.uid)) {
    const told = `${path} belongs to another user`;
    return { state: "wrong", what, told, fix: `sudo chown -R "$(id -un)" ${path}` };
  }
  if ((found.mode & 0o077) === 0) return ok(what, `${path}, private`);
  const told = `${path} can be read by others (mode ${(found.mode & 0o777).toString(8)})`;
  return { state: "wrong", what, told, fix: `chmod ${mode} ${path}` };
}

function configFinding(context: Context): Finding {
  try {
    const { file, exists } = readSettings(context);
    return ok("config", exists ? file : "all defaults");
  } catch (error) {
    const fix = `mend ${context.paths.config}; conductor config show --defaults prints every key`;
    return { state: "wrong", what: "config", told: describeError(error), fix };
  }
}

function foundPolicies(context: Context): PolicyState[] | Finding {
  try {
    return policyStates(context, { workspace: context.cwd });
  } catch (error) {
    const fix = error instanceof ConductorError ? error.hint : undefined;
    return { state: "wrong", what: "trusted policies", told: describeError(error), fix: fix ?? "" };
  }
}

/** A broken policy leaves the version before in force, which nobody sees; nor what is switched off. */
function policyFindings(context: Context): Finding[] {
  const states = foundPolicies(context);
  if (!Array.isArray(states)) return [states];
  const files = states.map((one): Finding => {
    const { layer, file, state, error } = one;
    const what = `policy ${layer}`;
    if (state === "in force") return ok(what, file);
    if (state === "broken") {
      const told = `${error ?? file}; a running daemon goes on with what it read before`;
      return { state: "wrong", what, told, fix: `mend it; conductor policy validate ${file}` };
    }
    return {
      state: "note",
      what,
      told: notInForce(one),
      fix: "read it, then conductor policy trust",
    };
  });
  const changed = layersOf(states).flatMap(({ name, rules }) =>
    name === "builtin" ? rules.filter(({ was }) => was !== undefined) : [],
  );
  const notes = changed.map(({ id, off, was, effect }): Finding => {
    const told = `the built-in rule says ${off === true ? "nothing" : effect} instead of ${was ?? effect}`;
    return {
      state: "note",
      what: `rule ${id}`,
      told,
      fix: `conductor policy override remove ${id}`,
    };
  });
  return [...files, ...notes];
}

async function daemonFinding(context: Context): Promise<Finding> {
  try {
    const view = await connect(linkOptions(context)).status();
    const told = `version ${view.version}, process ${view.pid}, ${view.terminals} terminals`;
    if (view.version === VERSION) return ok("daemon", told);
    const differs = `${told}; this is ${VERSION}`;
    return { state: "note", what: "daemon", told: differs, fix: "conductor daemon restart" };
  } catch (error) {
    if (isAbsent(error))
      return ok("daemon", "not running; the first command that needs it starts it");
    const fix = error instanceof ConductorError ? (error.hint ?? "conductor daemon restart") : null;
    return { state: "wrong", what: "daemon", told: describeError(error), fix };
  }
}
