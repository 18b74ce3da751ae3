import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { Layer } from "../../core/policy/index.ts";
import { bare, type JsonOption } from "./command.ts";
import { type Context, Exit, tableLook } from "./context.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare("guard", "What the policy in force says to a shell command", [
    "guard check 'rm -rf build && npm test'",
    "guard check --jsonl < commands.jsonl",
  ]).addCommand(checkCommand(context));
}

const EXIT = { allow: 0, ask: 10, deny: 11 } as const;

function checkCommand(context: Context): Command {
  return bare("check", "Judge a command without running it; needs no daemon", [
    "guard check 'git push --force'",
    "guard check --jsonl < commands.jsonl",
  ])
    .argument("[command]", "the text that a shell would be given")
    .option("--workspace <folder>", "the folder that counts as the project", context.cwd)
    .option("--jsonl", "one JSON object per line: id, command, and cwd, workspace, home")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nIn:  id, command; optional cwd, workspace, home (else /home/dev/project and /home/dev)\n" +
        "Out: id, decision (allow, ask or deny), rules, reason\n\n" +
        "Exit codes for one command: 0 allow, 10 ask, 11 deny",
    )
    .action(async (command: string | undefined, options: Options) => {
      const { layersInForce } = await import("./policy-layers.ts");
      const layers = layersInForce(context, options.jsonl === true ? undefined : options.workspace);
      if (options.jsonl === true) return lines(context, layers);
      if (command === undefined)
        throw new ConductorError("usage.invalid", "no command to judge", {
          hint: "conductor guard check 'git push --force'",
        });
      return one(context, { command, layers, options });
    });
}

interface Options extends JsonOption {
  readonly jsonl?: boolean;
  readonly workspace: string;
}

type Layers = readonly Layer[];

async function lines(context: Context, layers: Layers): Promise<void> {
  const { runCheck } = await import("./guard-check.ts");
  const { textOf, writer } = await import("./json-lines.ts");
  const code = await runCheck(textOf(context.stdin), writer(context.stdout), layers);
  if (code !== 0) throw new Exit(code);
}

async function one(
  context: Context,
  asked: { readonly command: string; readonly layers: Layers; readonly options: Options },
): Promise<void> {
  const { check, hereIn, rulesOf } = await import("./guard-check.ts");
  const { command, layers, options } = asked;
  const { marksOf } = await import("../../core/policy/index.ts");
  const { markedLines } = await import("./marked-text.ts");
  const place = hereIn(context, options.workspace);
  const { analysis, verdict } = check(command, place, layers);
  const marks = marksOf(command, layers, (text) => check(text, place, layers));
  const { effect, reason, instead } = verdict;
  const data = { decision: effect, rules: rulesOf(verdict), reason, instead, marks, ...analysis };
  present(context, options.json, data, () =>
    [
      ...markedLines(command, marks, tableLook(context.env, context.stdout)),
      ...[
        reason === "" ? effect : `${effect}: ${reason}`,
        ...(instead === undefined ? [] : [`instead: ${instead}`]),
        ...analysis.actions.map(({ argv, via, facts }) => {
          const how = via.length === 0 ? "" : `  (by ${via.join(" > ")})`;
          const deeds =
            facts.length === 0 ? "unknown program" : facts.map((fact) => fact.deed).join(", ");
          return `  ${argv.join(" ")}${how}: ${deeds}`;
        }),
      ].map(printableLine),
    ].join("\n"),
  );
  if (EXIT[effect] !== 0) throw new Exit(EXIT[effect]);
}
