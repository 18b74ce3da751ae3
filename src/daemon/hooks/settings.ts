/** What a CLI is told of our hooks: a file in a folder of its terminal, named on its command line. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import { routes } from "../../contract/routes.ts";
import { hookContracts } from "../../core/hooks/index.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";

export interface HookSettingsFiles {
  /** Writes it; the arguments name it. Empty for a CLI without hooks that we know. */
  write(provider: ProviderDefinition, terminalId: string): readonly string[];
  remove(terminalIds: readonly string[]): void;
}

export function hookSettingsFiles(how: {
  readonly folder: string;
  readonly script: string;
  readonly url: () => string;
  readonly waitSeconds: number;
}): HookSettingsFiles {
  return {
    write: ({ hooks }, terminalId) => {
      const contract = hooks === undefined ? undefined : hookContracts[hooks.contract];
      if (hooks === undefined || contract === undefined) return [];
      const settings = contract.settings({
        script: `'${how.script.replaceAll("'", `'\\''`)}'`,
        url: `${how.url()}${routes.hooks}/${hooks.contract}`,
        waitSeconds: how.waitSeconds,
      });
      const folder = join(how.folder, terminalId);
      const file = join(folder, "settings.json");
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, JSON.stringify(settings, undefined, 2), { mode: 0o600 });
      return hooks.args.map((arg) => arg.replaceAll("{file}", file));
    },
    remove: (ids) => {
      for (const id of ids) rmSync(join(how.folder, id), { recursive: true, force: true });
    },
  };
}

/** A second one would take the place of ours. @throws {ConductorError} `usage.invalid` */
export function refuseOwnSettings(provider: ProviderDefinition, args: readonly string[]): void {
  const [option] = provider.hooks?.args ?? [];
  if (option === undefined) return;
  if (!args.some((arg) => arg === option || arg.startsWith(`${option}=`))) return;
  throw new ConductorError(
    "usage.invalid",
    `${option} is taken: conductor gives ${provider.displayName} its hooks by it`,
    { hint: "put your settings into a file that it reads by itself" },
  );
}
