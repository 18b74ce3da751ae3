/** A role: Markdown with YAML front matter; the body is the system prompt. */
import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { gateLevel, network } from "../../contract/decisions.ts";
import { parseYaml } from "../../contract/parse-yaml.ts";
import { terminalName } from "../../contract/terminals.ts";

const profileSchema = z.strictObject({
  name: terminalName,
  description: z.string().min(1).max(1_024),
  provider: z.string().min(1).optional(),
  labels: z.array(z.string().min(1)).default([]),
  capabilities: z.array(z.string().min(1)).default([]),
  gate: gateLevel.optional(),
  network: network.optional(),
  batchMessages: z.boolean().default(false),
  /** At its quota: messages wait until it is over, then it is also told to go on (`resume`), or nothing waits. */
  onLimit: z.enum(["wait", "resume", "ignore"]).default("wait"),
  warm: z.number().int().min(0).max(20).default(0),
  skills: z.array(z.string().min(1)).default([]),
});

export type Profile = z.infer<typeof profileSchema> & {
  /** The system prompt. */
  readonly prompt: string;
};

const FENCE = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/;

/** @throws {ConductorError} `profile.invalid`, naming file, line and field. */
export function parseProfile(text: string, file: string): Profile {
  const parts = FENCE.exec(text);
  if (parts === null)
    throw invalid(file, 1, "a profile starts with front matter between two lines of ---");
  const [, head = "", body = ""] = parts;
  return {
    ...parseYaml(head, { file, firstLine: 2, code: "profile.invalid" }, profileSchema),
    prompt: body.trim(),
  };
}

function invalid(file: string, line: number, message: string): ConductorError {
  return new ConductorError("profile.invalid", `${file}:${line}: ${message}`, {
    data: { file, line },
  });
}
