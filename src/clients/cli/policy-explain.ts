import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { marksOf, TOOLS, type Tool } from "../../core/policy/index.ts";
import { collect, command, type JsonOption, oneOf } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { check, hereIn } from "./guard-check.ts";
import { markedLines } from "./marked-text.ts";
import { layersInForce } from "./policy-layers.ts";
import { present } from "./report.ts";

interface ExplainOptions extends JsonOption {
  readonly workspace: string;
  readonly agent?: string;
  readonly label?: string[];
  readonly tool: Tool;
}

export function explainCommand(context: Context): Command {
  return command("explain", "What would run, which rules match, and who wins", [
    "policy explain 'cd / && rm -rf *'",
    "policy explain 'npm publish' --agent dev --label release",
  ])
    .argument("<command>", "the text that a shell would be given")
    .option("--workspace <folder>", "the folder that counts as the project", context.cwd)
    .option("--agent <name>", "who would run it; with that agent's own policy")
    .option("--label <label>", "a label of that agent; may be given again", collect)
    .option("--tool <tool>", "shell, read, write, fetch, mcp or other", oneOf(TOOLS), "shell")
    .action((text: string, { workspace, agent, label, tool, json }: ExplainOptions) => {
      const layers = layersInForce(context, workspace, agent);
      const who = { labels: label ?? [], tool, ...(agent === undefined ? {} : { agent }) };
      const place = hereIn(context, workspace);
      const { analysis, verdict } = check(text, place, layers, who);
      const marks = marksOf(text, layers, (part) => check(part, place, layers, who));
      present(context, json, { ...verdict, marks, ...analysis }, () =>
        [
          ...markedLines(text, marks, tableLook(context.env, context.stdout)),
          ...[
            verdict.effect + (verdict.reason === "" ? "" : `: ${verdict.reason}`),
            ...(verdict.instead === undefined ? [] : [`instead: ${verdict.instead}`]),
            ...analysis.flags.map((flag) => `the text as a whole: ${flag}`),
            ...analysis.actions.flatMap(({ argv, via, facts }, at) => [
              "",
              `${argv.join(" ")}${via.length === 0 ? "" : `  (by ${via.join(" > ")})`}`,
              ...facts.map((fact) => `  does ${fact.deed}: ${fact.note}`),
              ...(facts.length === 0 ? ["  a program that the guard does not know"] : []),
              ...verdict.matched
                .filter((rule) => rule.action === at)
                .map(
                  (rule) =>
                    `  ${rule.layer}/${rule.id} says ${rule.was === undefined ? rule.effect : `${rule.effect} (overridden; by itself ${rule.was})`}${rule.overridden ? ", and does not count" : ""}`,
                ),
            ]),
          ].map(printableLine),
        ].join("\n"),
      );
    });
}
