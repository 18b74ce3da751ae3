/**
 * Agent CLIs from the npm registry, in pinned versions and in a cache outside the repository.
 * npm runs on the project's own Node: on an older one it silently picks an older CLI.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Pin {
  /** As its provider calls it. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly bin: string;
  /** What the package runs after its install; ours runs none by itself. */
  readonly setup?: string;
}

/** The one place that says which CLI the tests run. */
export const claudeCode: Pin = {
  name: "claude-code",
  package: "@anthropic-ai/claude-code",
  version: "2.1.329",
  bin: "claude",
  setup: "install.cjs",
};
export const codex: Pin = {
  name: "codex",
  package: "@openai/codex",
  version: "0.169.0",
  bin: "codex",
};

export const opencode: Pin = {
  name: "opencode",
  package: "opencode-ai",
  version: "1.18.33",
  bin: "opencode",
  setup: "postinstall.mjs",
};
export const gemini: Pin = {
  name: "gemini",
  package: "@google/gemini-cli",
  version: "0.61.0",
  bin: "gemini",
};

export const qwen: Pin = {
  name: "qwen",
  package: "@qwen-code/qwen-code",
  version: "0.24.4",
  bin: "qwen",
};

export const copilot: Pin = {
  name: "copilot",
  package: "@github/copilot",
  version: "1.0.102",
  bin: "copilot",
};

/** No agent: a peer's MCP client. */
export const inspector: Pin = {
  name: "inspector",
  package: "@modelcontextprotocol/inspector",
  version: "2.12.0",
  bin: "mcp-inspector",
};

export type Installed =
  /** `folder` holds the program, under the name its provider calls. */
  { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly reason: string };

const NODE = join(import.meta.dirname, "../../node_modules/.bin/node");
const ASK_MS = 20_000;
const INSTALL_MS = 5 * 60_000;

/** A registry that does not answer in time is a reason, not a failure; all else is a defect and thrown. */
export async function install(pin: Pin): Promise<Installed> {
  const home = join(cacheFolder(), `${pin.name}@${pin.version}`);
  const folder = join(home, "node_modules/.bin");
  if (existsSync(join(folder, pin.bin))) return { ok: true, folder };
  const npm = await npmProgram();
  if (npm === undefined) return { ok: false, reason: "npm is not on the PATH" };
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(join(cacheFolder(), "draft-"));
  try {
    await fetchInto(draft, npm, pin);
    // Another run may have been faster; its folder is as good.
    await rename(draft, home).catch((error: unknown) => {
      if (!existsSync(join(folder, pin.bin))) throw error;
    });
    return { ok: true, folder };
  } catch (error) {
    const reason = excuse(error, pin);
    if (reason === undefined) throw error;
    return { ok: false, reason };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function cacheFolder(): string {
  const root = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(root, "agent-conductor/clis");
}

async function npmProgram(): Promise<string | undefined> {
  const own = process.env["npm_execpath"];
  if (own?.endsWith("npm-cli.js")) return own;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const link = join(folder, "npm");
    if (folder !== "" && existsSync(link)) return realpath(link);
  }
  return undefined;
}

async function fetchInto(folder: string, npm: string, pin: Pin): Promise<void> {
  const what = `${pin.package}@${pin.version}`;
  const patience = ["--fetch-retries=0", `--fetch-timeout=${ASK_MS}`, "--loglevel=error"];
  // A question first: an install has longer, and must not use it up on a registry that is silent.
  const ask = [npm, "view", what, "version", ...patience];
  await run(NODE, ask, { cwd: folder, timeout: 2 * ASK_MS });
  const options = ["--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"];
  await run(NODE, [npm, "install", ...options, "--no-package-lock", ...patience, what], {
    cwd: folder,
    timeout: INSTALL_MS,
  });
  const env = { PATH: `${dirname(NODE)}:/usr/bin:/bin`, HOME: folder };
  const cwd = join(folder, "node_modules", pin.package);
  if (pin.setup !== undefined) await run(NODE, [pin.setup], { cwd, env, timeout: INSTALL_MS });
}

const SILENT = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|ENOTCACHED/;
const NOT_SERVED = /E404|ETARGET|E403/;

function excuse(error: unknown, { package: name, version }: Pin): string | undefined {
  const isLate = error instanceof Error && "killed" in error && error.killed === true;
  const text = String(error);
  if (isLate || SILENT.test(text)) return `the npm registry does not answer (${name}@${version})`;
  if (NOT_SERVED.test(text)) return `the npm registry does not serve ${name}@${version}`;
  return undefined;
}
