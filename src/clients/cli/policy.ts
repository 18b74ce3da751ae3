import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { ConductorError, describeError } from "../../base/errors.ts";
import { printable, printableLine } from "../../base/printable.ts";
import { decisionEffect } from "../../contract/decisions.ts";
import { parseYaml } from "../../contract/parse-yaml.ts";
import { DEEDS } from "../../core/guard/index.ts";
import {
  EXAMPLE_PLACE,
  LAYERS,
  type Layer,
  type LayerRule,
  lint,
  parsePolicy,
} from "../../core/policy/index.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { check, rulesOf } from "./guard-check.ts";
import { explainCommand } from "./policy-explain.ts";
import { layersInForce, layersOf, notInForce, policyStates } from "./policy-layers.ts";
import { overrideCommand } from "./policy-override.ts";
import { trustCommand } from "./policy-trust.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare("policy", "The rules that decide what agents may run", [
    "policy explain 'git push --force'",
    "policy validate .ai/policy.yaml",
    "policy lint",
    'policy override loses-work --effect allow --reason "a scratch machine"',
    "policy trust",
  ])
    .addCommand(explainCommand(context))
    .addCommand(validateCommand(context))
    .addCommand(lintCommand(context))
    .addCommand(showCommand(context))
    .addCommand(testCommand(context))
    .addCommand(overrideCommand(context))
    .addCommand(trustCommand(context))
    .addCommand(deedsCommand(context));
}

function validateCommand(context: Context): Command {
  return command("validate", "Check a policy file; errors name file, line and rule", [
    "policy validate ~/.conductor/policy.yaml",
  ])
    .argument("<file>", "a policy file")
    .action((file: string, options: JsonOption) => {
      const { rules } = parsePolicy(readText(file), file);
      present(context, options.json, { file, rules: rules.length }, () =>
        printableLine(`${file} is right: ${rules.length} rules, and their examples hold`),
      );
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConductorError("not_found", `${file} cannot be read: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function lintCommand(context: Context): Command {
  return command(
    "lint",
    "Find rules that never count, fight, or allow too much; exit 1 on errors",
    ["policy lint", "policy lint .ai/policy.yaml"],
  )
    .argument("[file]", "a file to judge as the project's layer; else what is in force here")
    .action((file: string | undefined, options: JsonOption) => {
      const layers =
        file === undefined
          ? layersInForce(context, context.cwd)
          : layersWith(context, resolve(context.cwd, file));
      const findings = lint(layers, (text) => check(text, EXAMPLE_PLACE, layers).verdict.effect);
      present(context, options.json, findings, () =>
        findings.length === 0
          ? "nothing to mend\n"
          : findings
              .map(({ severity, kind, layer, rule, says }) =>
                printableLine(`${severity} (${kind}): ${layer}/${rule} ${says}`),
              )
              .join("\n"),
      );
      if (findings.some((one) => one.severity === "error")) throw new Exit(1);
    });
}

/** The file in the place where it would count: the global one's, else the project's. */
function layersWith(context: Context, file: string): Layer[] {
  const layer = file === context.paths.policy ? "global" : "project";
  const policy = parsePolicy(readText(file), file);
  const others = policyStates(context, { workspace: context.cwd }).filter(
    (each) => each.layer !== layer,
  );
  const states = [...others, { layer, file, state: "in force", policy } as const];
  return layersOf(states.toSorted((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer)));
}

function showCommand(context: Context): Command {
  return command("show", "Print the rules in force here, outermost layer first", [
    "policy show",
    "policy show --agent dev",
  ])
    .option("--agent <name>", "with the file of that agent")
    .action((options: JsonOption & { readonly agent?: string }) => {
      const states = policyStates(context, { workspace: context.cwd, agent: options.agent });
      const layers = layersOf(states);
      for (const one of states) {
        const { state, error } = one;
        if (state === "in force") continue;
        const why = error ?? `${notInForce(one)} (conductor policy trust)`;
        context.stderr.write(`${printableLine(state === "broken" ? broken(why) : why)}\n`);
      }
      present(context, options.json, layers, () =>
        layers
          .flatMap(({ name, default: fallback, gate, rules }) => [
            [name, said("default", fallback), said("gate", gate)].join(""),
            ...rules.map(ruleText),
          ])
          .map(printableLine)
          .join("\n"),
      );
      if (states.some(({ state }) => state === "broken")) throw new Exit(1);
    });
}

function broken(why: string): string {
  return `BROKEN: ${why}; a running daemon keeps the last version that it could read, and asks about everything where it has none`;
}

function ruleText({ id, effect, reason, was, off }: LayerRule): string {
  const before = was === undefined ? "" : ` (overridden; by itself ${was})`;
  const says = off === true ? "off" : effect;
  return `  ${says.padEnd(5)} ${id}${before}${reason === undefined ? "" : `: ${reason}`}`;
}

function said(key: string, value: string | undefined): string {
  return value === undefined ? "" : `  (${key}: ${value})`;
}

const table = z.strictObject({
  cases: z.array(z.strictObject({ command: z.string(), expect: decisionEffect })).min(1),
});

function testCommand(context: Context): Command {
  return command(
    "test",
    "Hold the policy in force to a table of commands; exit 1 where one differs",
    ["policy test policy-cases.yaml"],
  )
    .argument("<file>", "YAML: cases, each a command and what to expect: allow, ask or deny")
    .action((file: string, options: JsonOption) => {
      const { cases } = parseYaml(readText(file), { file, code: "policy.invalid" }, table);
      const layers = layersInForce(context, context.cwd);
      const ran = cases.map((each) => {
        const { verdict } = check(each.command, EXAMPLE_PLACE, layers);
        return { ...each, got: verdict.effect, rules: rulesOf(verdict) };
      });
      const wrong = ran.filter((each) => each.got !== each.expect);
      present(context, options.json, { passed: ran.length - wrong.length, failed: wrong }, () =>
        [
          ...wrong.map(
            (each) =>
              `${each.command}: expected ${each.expect}, got ${each.got} (${each.rules.join(", ")})`,
          ),
          `${ran.length - wrong.length} as expected, ${wrong.length} not`,
        ]
          .map(printable)
          .join("\n"),
      );
      if (wrong.length > 0) throw new Exit(1);
    });
}

function deedsCommand(context: Context): Command {
  return command("deeds", "List what a rule can ask for with `does`", ["policy deeds"]).action(
    (options: JsonOption) => {
      present(context, options.json, DEEDS, () =>
        Object.entries(DEEDS)
          .map(([deed, says]) => `${deed.padEnd(20)} ${says}`)
          .join("\n"),
      );
    },
  );
}
