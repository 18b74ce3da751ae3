/** What a CLI is told of our hooks: by its arguments and variables, and by a file in a folder of its terminal. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import type { GateLevel } from "../../contract/decisions.ts";
import { routes } from "../../contract/routes.ts";
import { hookContracts } from "../../core/hooks/index.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";

export interface HookedTerminal {
  readonly id: string;
  readonly gate: GateLevel;
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

export function hookSettingsFiles(how: {
  readonly folder: string;
  readonly script: string;
  readonly url: () => string;
  readonly waitSeconds: number;
}): HookSettingsFiles {
  return {
    write: ({ hooks }, { id, gate }) => {
      const contract = hooks === undefined ? undefined : hookContracts[hooks.contract];
      if (hooks === undefined || contract === undefined) return { args: [], env: {} };
      const settings = contract.settings({
        script: `'${how.script.replaceAll("'", `'\\''`)}'`,
        url: `${how.url()}${routes.hooks}/${hooks.contract}`,
        waitSeconds: how.waitSeconds,
        gate,
      });
      const folder = join(how.folder, id);
      const file = join(folder, "settings.json");
      if (settings.file !== undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(file, JSON.stringify(settings.file, undefined, 2), { mode: 0o600 });
      }
      const fill = (text: string): string => text.replaceAll("{file}", file);
      return {
        args: [...hooks.args.map(fill), ...(settings.args ?? [])],
        env: Object.fromEntries(Object.entries(hooks.env).map(([key, text]) => [key, fill(text)])),
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
