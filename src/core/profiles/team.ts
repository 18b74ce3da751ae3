/** A team file: one session and the agents that belong to it. */
import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { gateLevel, network } from "../../contract/decisions.ts";
import { parseYaml } from "../../contract/parse-yaml.ts";
import { terminalName } from "../../contract/terminals.ts";

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
        gate: gateLevel.optional(),
        network: network.optional(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1)
    .max(200),
});
export type Team = z.infer<typeof teamSchema>;

/** @throws {ConductorError} `team.invalid`, naming file, line and field. */
export function parseTeam(text: string, file: string): Team {
  const team = parseYaml(text, { file, code: "team.invalid" }, teamSchema);
  const names = team.agents.map((agent) => agent.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConductorError("team.invalid", `${file}: two agents are named ${twice}`, {
      hint: "give every agent of a session a name of its own",
    });
  }
  return team;
}
