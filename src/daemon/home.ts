/** The conductor home: made private, with the human's token and the key that agents' tokens derive from. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ConductorError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import { type Config, configSchema } from "../contract/config.ts";
import { parseYaml } from "../contract/parse-yaml.ts";

/** @throws {ConductorError} `config.invalid` where the home cannot be made or belongs to someone else */
export function prepareHome(paths: Paths): void {
  const { home, socketFolder, logs, terminalLogs, providers, profiles } = paths;
  // Of a folder that is not there, the watcher watches the parent: the home, where every write would wake it.
  for (const folder of [home, socketFolder, logs, terminalLogs, providers, profiles]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new ConductorError("config.invalid", `${folder} cannot be made`, {
        cause: error,
        hint: "set CONDUCTOR_HOME to a folder that you can write",
      });
    }
  }
  for (const folder of [paths.home, paths.socketFolder]) claimFolder(folder);
}

function claimFolder(folder: string): void {
  const uid = process.getuid?.();
  const found = statSync(folder);
  if (uid !== undefined && found.uid !== uid) {
    throw new ConductorError("config.invalid", `${folder} belongs to another user`, {
      hint: "set CONDUCTOR_HOME to a folder of your own",
    });
  }
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** Reads a secret of 256 bits, or makes it; only this user can read the file. */
export function readSecret(file: string): string {
  if (!existsSync(file)) {
    // Whoever looks finds none or all of it.
    const next = `${file}.new`;
    writeFileSync(next, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
    renameSync(next, file);
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length >= 32) return secret;
  throw new ConductorError("config.invalid", `${file} holds no token`, {
    hint: `remove ${file} and start the daemon again`,
  });
}

/** @throws {ConductorError} `config.invalid`, naming file, line and key */
export function readConfig(paths: Paths): Config {
  const file = paths.config;
  if (!existsSync(file)) return configSchema.parse({});
  const hint = "`conductor config show --defaults` prints every key";
  return parseYaml(
    readFileSync(file, "utf8"),
    { file, code: "config.invalid", hint },
    configSchema,
  );
}

export function agentKeyFile(paths: Paths): string {
  return join(paths.home, "agent.key");
}

/** Keys the hashes of short commands in the audit log. */
export function auditKeyFile(paths: Paths): string {
  return join(paths.home, "audit.key");
}

/** Where the daemon before was reached: agents that outlive it have been told once and for all. */
export function readPort(paths: Paths): number | undefined {
  const file = portFile(paths);
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export function rememberPort(paths: Paths, port: number): void {
  writeFileSync(portFile(paths), String(port), { mode: 0o600 });
}

function portFile(paths: Paths): string {
  return join(paths.home, "http.port");
}
