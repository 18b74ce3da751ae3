import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { present } from "./report.ts";

interface InitOptions extends JsonOption {
  readonly provider?: string;
}

export function build(context: Context): Command {
  return command("init", "Write a commented starter team into .ai/ and show what it wrote", [
    "init",
    "init ~/src/shop --provider codex",
  ])
    .argument("[folder]", "the project; else here")
    .option("-p, --provider <name>", "the agents' CLI in the team file", "claude-code")
    .action((folder: string | undefined, options: InitOptions) => {
      const root = resolve(context.cwd, folder ?? ".");
      const files = starter(root, options.provider ?? "claude-code");
      const written = files.filter((file) => write(file));
      const kept = files.filter((file) => !written.includes(file)).map(({ path }) => path);
      const data = { written: written.map(({ path }) => path), kept };
      present(context, options.json, data, () => report(context, written, kept));
    });
}

interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** A file that is there is never written over. */
function write({ path, text }: StarterFile): boolean {
  if (existsSync(path)) return false;
  mkdirSync(resolve(path, ".."), { recursive: true });
  writeFileSync(path, text, { flag: "wx" });
  return true;
}

function report(
  context: Context,
  written: readonly StarterFile[],
  kept: readonly string[],
): string {
  const shown = (path: string): string => relative(context.cwd, path) || path;
  return [
    ...written.map(
      ({ path, text }) => `wrote ${shown(path)}\n\n${text.replace(/^/gm, "    ").trimEnd()}\n`,
    ),
    ...kept.map((path) => `kept  ${shown(path)} (it was there)\n`),
    "next: conductor launch",
  ].join("\n");
}

function starter(root: string, provider: string): StarterFile[] {
  return [{ path: join(root, ".ai", "team.yaml"), text: teamText(sessionName(root), provider) }];
}

/** The folder's name as far as it can be a session's. */
function sessionName(root: string): string {
  const name = (root.split("/").at(-1) ?? "").replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 40);
  return /^[A-Za-z]/.test(name) ? name : "team";
}

function teamText(session: string, provider: string): string {
  return `# The team of this project: conductor launch starts what is missing of it.
session: ${session}
cwd: ..                       # this project; paths are relative to this file

agents:
  # profile: a role (conductor profile list); provider: an agent CLI (conductor provider list)
  - name: lead
    profile: supervisor
    provider: ${provider}

  - name: dev
    profile: developer
    provider: ${provider}
    labels: [code]            # conductor send --label code "…"
    # worktree: dev           # a git worktree of its own, on this branch
    # prompt: Read TASKS.md and wait.
    # args: [--model, opus]   # more arguments for its CLI

  # - name: check
  #   profile: reviewer
  #   provider: ${provider}
`;
}
