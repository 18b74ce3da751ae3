import { readFileSync } from "node:fs";
import { ConductorError, describeError } from "../base/errors.ts";
import { defaultScript, parseScript, type Script } from "./script.ts";

/** @throws {ConductorError} `usage.invalid` where the file cannot be read or is no script */
export function readScript(file: string | undefined): Script {
  if (file === undefined) return defaultScript;
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = `cannot read the script: ${describeError(cause)}`;
    throw new ConductorError("usage.invalid", reason, { cause });
  }
  return parseScript(json);
}
