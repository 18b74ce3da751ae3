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
    { file, code: "config.invalid" },
    configSchema,
  );
  return { file, exists: true, config, defaults };
}
