import { existsSync, readFileSync } from "node:fs";
import { type Config, configSchema } from "../../contract/config.ts";
import { parseYaml } from "../../contract/parse-yaml.ts";
import type { Context } from "./context.ts";

export interface Settings {
  readonly file: string;
  readonly exists: boolean;
  readonly config: Config;
  readonly defaults: Config;
}

/** @throws {ConductorError} `config.invalid`, naming file, line and key */
export function readSettings({ paths }: Context): Settings {
  const file = paths.config;
  const defaults = configSchema.parse({});
  if (!existsSync(file)) return { file, exists: false, config: defaults, defaults };
  const config = parseYaml(
    readFileSync(file, "utf8"),
    { file, code: "config.invalid", hint: "`conductor config show --defaults` prints every key" },
    configSchema,
  );
  return { file, exists: true, config, defaults };
}

/** What is in force where there is no file. */
export function defaultSettings({ paths }: Context): Settings {
  const defaults = configSchema.parse({});
  return { file: paths.config, exists: existsSync(paths.config), config: defaults, defaults };
}
