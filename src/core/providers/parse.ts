import { parseYaml } from "../../contract/parse-yaml.ts";
import { type ProviderDefinition, providerSchema } from "./definition.ts";

/**
 * Reads one provider file.
 * @throws {ConductorError} `provider.invalid`, naming file, line and field.
 */
export function parseProvider(text: string, file: string): ProviderDefinition {
  return parseYaml(text, { file, code: "provider.invalid" }, providerSchema);
}
