import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import {
  type OverrideEffect,
  type OverrideOutcome,
  overrideEffect,
} from "../../contract/policy.ts";
import { command, type JsonOption, oneOf } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { openClient } from "./open-client.ts";
import { policyStates } from "./policy-layers.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { refuseAgents } from "./verdict.ts";

interface PlaceOptions extends JsonOption {
  readonly project?: string | true;
  readonly agent?: string;
}

interface OverrideOptions extends PlaceOptions {
  readonly effect?: OverrideEffect;
  readonly reason?: string;
}

/** `policy override RULE`, with `list` and `remove` below it. */
export function overrideCommand(context: Context): Command {
  return withPlace(
    command("override", "Say otherwise than a rule of an outer layer, built-in ones included", [
      'policy override loses-work --effect allow --reason "a scratch machine"',
      'policy override delete-outside --effect ask --reason "cleans its own caches"',
      'policy override persistence --effect off --reason "this agent installs services"',
      'policy override publish --effect deny --reason "no releases from here" --project',
      "policy override list",
      "policy override remove loses-work",
    ]),
  )
    .argument("<rule>", "its id, as `conductor policy show` prints it")
    .option(
      "--effect <effect>",
      "what it says from now on: allow, ask, deny, or off",
      oneOf(overrideEffect.options),
    )
    .option("-r, --reason <text>", "why; kept in the policy and in the audit log")
    .action(async (rule: string, options: OverrideOptions) => {
      refuseAgents(context);
      // Not required options: those would be asked of `list` and `remove` too.
      const { effect, reason = "" } = options;
      if (effect === undefined) throw missing(`--effect: ${overrideEffect.options.join(", ")}`);
      if (reason.trim() === "") throw missing("--reason, which is kept in the audit log");
      const client = await openClient(context);
      const asked = { rule, effect, reason: reason.trim(), ...placeOf(context, options) };
      const done = await client.overrideRule(asked);
      present(context, options.json, done, () => told(done));
    })
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context));
}

function missing(what: string): ConductorError {
  return new ConductorError("usage.invalid", `an override needs ${what}`, {
    hint: "conductor policy override --help",
  });
}

function withPlace(made: Command): Command {
  return made
    .option("--project [folder]", "in that project's .ai/policy.yaml; else in the global policy")
    .addOption(new Option("--agent <name>", "with --project: in the file of that agent"));
}

function placeOf(
  context: Context,
  { project, agent }: PlaceOptions,
): { readonly workspace?: string; readonly agent?: string } {
  if (project === undefined && agent !== undefined)
    throw new ConductorError("usage.invalid", "--agent says which file of a --project");
  if (project === undefined) return {};
  const workspace = resolve(context.cwd, project === true ? "." : project);
  return { workspace, ...(agent === undefined ? {} : { agent }) };
}

function told({ rule, was, effect, file, isNew, isTrusted }: OverrideOutcome): string {
  const lines = [
    `${rule} says ${effect} from now on (before: ${was})`,
    `${file}${isNew ? ", which is new" : ""}`,
    ...(isTrusted ? [] : ["it does not count yet: read it, then run `conductor policy trust`"]),
  ];
  return lines.map(printableLine).join("\n");
}

function removeCommand(context: Context): Command {
  return withPlace(
    command("remove", "Let a rule say again what it says by itself", [
      "policy override remove loses-work",
      "policy override remove publish --project",
    ]),
  )
    .argument("<rule>", "its id")
    .action(async (rule: string, _options: PlaceOptions, made: Command) => {
      refuseAgents(context);
      const options: PlaceOptions = made.optsWithGlobals();
      const client = await openClient(context);
      const done = await client.restoreRule({ rule, ...placeOf(context, options) });
      present(context, options.json, done, () => told(done));
    });
}

interface Listed {
  readonly rule: string;
  readonly effect: string;
  readonly layer: string;
  readonly state: string;
  readonly reason: string;
}

function listCommand(context: Context): Command {
  return command("list", "What is overridden here, by which file, and why", [
    "policy override list",
    "policy override list --json",
  ])
    .option("--agent <name>", "with the file of that agent")
    .action(async (_options: PlaceOptions, made: Command) => {
      const options: PlaceOptions = made.optsWithGlobals();
      const { agent } = options;
      const listed = policyStates(context, { workspace: context.cwd, agent }).flatMap(
        ({ layer, state, policy }): Listed[] => [
          ...(policy?.disabled_builtins ?? []).map((rule) => {
            return { rule, effect: "off", layer, state, reason: "disabled_builtins" };
          }),
          ...(policy?.overrides ?? []).map((each) => ({ ...each, layer, state })),
        ],
      );
      const head = ["RULE", "EFFECT", "LAYER", "STATE", "REASON"];
      const rows = listed.map((each) =>
        [each.rule, each.effect, each.layer, each.state, each.reason].map(printableLine),
      );
      const look = tableLook(context.env, context.stdout);
      const drawn = await table([head, ...rows], { ...look, cut: [[4]] });
      present(context, options.json, listed, () =>
        listed.length === 0 ? "nothing is overridden\n" : drawn,
      );
    });
}
