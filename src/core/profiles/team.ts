/** A team file: one session and the agents that belong to it. */
import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { terminalName } from "../../contract/terminals.ts";
import { parseYaml } from "./profile.ts";

const teamSchema = z.strictObject({
  session: terminalName,
  cwd: z.string().min(1).optional(),
  agents: z
    .array(
      z.strictObject({
        name: terminalName,
        profile: z.string().min(1).optional(),
        provider: z.string().min(1).optional(),
        cwd: z.string().min(1).optional(),
        worktree: z.string().min(1).max(100).optional(),
        prompt: z.string().min(1).optional(),
        labels: z.array(z.string().min(1)).optional(),
        args: z.array(z.string()).optional(),
        gate: z.enum(["observe", "guard", "contain"]).optional(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1)
    .max(200),
});
export type Team = z.infer<typeof teamSchema>;

/** @throws {ConductorError} `team.invalid`, naming file, line and field. */
export function parseTeam(text: string, file: string): Team {
  const team = parse(text, file);
  const names = team.agents.map((agent) => agent.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConductorError("team.invalid", `${file}: two agents are named ${twice}`, {
      hint: "give every agent of a session a name of its own",
    });
  }
  return team;
}

function parse(text: string, file: string): Team {
  try {
    return parseYaml(text, { file }, teamSchema);
  } catch (error) {
    if (!(error instanceof ConductorError)) throw error;
    throw new ConductorError("team.invalid", error.message, { data: error.data, cause: error });
  }
}
