/** What a CLI is told of our hooks: by its arguments and variables, and by a file in a folder of its terminal. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import type { GateLevel } from "../../contract/decisions.ts";
import { routes } from "../../contract/routes.ts";
import { hookContracts } from "../../core/hooks/index.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import { mirror, settingsIn } from "./mirror.ts";

export interface HookedTerminal {
  readonly id: string;
  readonly gate: GateLevel;
  /** The agent's. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What its launch is given besides. */
export interface TerminalSettings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface HookSettingsFiles {
  /** Writes what has to be written. Empty for a CLI without hooks that we know. */
  write(provider: ProviderDefinition, terminal: HookedTerminal): TerminalSettings;
  remove(terminalIds: readonly string[]): void;
}

/** Beyond our own deadline, so that an answer of ours is always the first. */
const MARGIN_SECONDS = 10;

export function hookSettingsFiles(how: {
  readonly folder: string;
  readonly script: string;
  readonly url: () => string;
  readonly waitSeconds: number;
  readonly markOf: (terminalId: string) => string;
}): HookSettingsFiles {
  return {
    write: ({ hooks }, { id, gate, home, env }) => {
      const contract = hooks === undefined ? undefined : hookContracts[hooks.contract];
      if (hooks === undefined || contract === undefined) return { args: [], env: {} };
      const folder = join(how.folder, id);
      const { mirror: stands, instead } = hooks;
      const before = instead === undefined ? undefined : (env[instead.variable] ?? instead.file);
      const theirs = stands === undefined ? before : join(home, stands.folder, stands.file);
      const settings = contract.settings({
        script: `'${how.script.replaceAll("'", `'\\''`)}'`,
        url: `${how.url()}${routes.hooks}/${hooks.contract}`,
        waitSeconds: how.waitSeconds,
        gate,
        gates: dirname(how.script),
        folder,
        home,
        own: theirs === undefined ? {} : settingsIn(theirs),
        mark: how.markOf(id),
        covers: hooks.covers,
      });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (stands !== undefined) mirror(home, folder, stands);
      const file = join(
        folder,
        stands === undefined ? "settings.json" : join(stands.folder, stands.file),
      );
      if (settings.file !== undefined)
        writeFileSync(file, JSON.stringify(settings.file, undefined, 2), { mode: 0o600 });
      for (const [name, text] of Object.entries(settings.more ?? {})) {
        mkdirSync(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
        writeFileSync(join(folder, name), text, { mode: 0o600 });
      }
      const fill = (text: string): string =>
        text
          .replaceAll("{file}", file)
          .replaceAll("{folder}", folder)
          .replaceAll("{seconds}", String(how.waitSeconds + MARGIN_SECONDS))
          .replaceAll("{settings}", JSON.stringify(settings.file ?? {}));
      const told: Record<string, string> = {};
      for (const [key, name] of Object.entries(instead?.beside ?? {}))
        if (env[key] === undefined) told[key] = join(dirname(before ?? ""), name);
      for (const [key, text] of Object.entries(hooks.env)) told[key] = fill(text);
      return {
        args: [...hooks.args.map(fill), ...(settings.args ?? [])],
        env: told,
      };
    },
    remove: (ids) => {
      for (const id of ids) rmSync(join(how.folder, id), { recursive: true, force: true });
    },
  };
}

/** A second one would take the place of ours. @throws {ConductorError} `usage.invalid` */
export function refuseOwnSettings(provider: ProviderDefinition, args: readonly string[]): void {
  const option = provider.hooks?.args.find((_, at, all) => all[at + 1]?.includes("{file}"));
  if (option === undefined) return;
  if (!args.some((arg) => arg === option || arg.startsWith(`${option}=`))) return;
  throw new ConductorError(
    "usage.invalid",
    `${option} is taken: conductor gives ${provider.displayName} its hooks by it`,
    { hint: "put your settings into a file that it reads by itself" },
  );
}
