import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import type { TokenScope } from "../../contract/tokens.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { refuseAgents } from "./verdict.ts";

export function build(context: Context): Command {
  return bare("token", "Tokens of people beside you, and of what only looks", [
    "token create --human alice",
    "token create --read dashboard",
    "token list",
    "token revoke alice",
  ])
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

interface CreateOptions extends JsonOption {
  readonly human?: string;
  readonly read?: string;
}

function createCommand(context: Context): Command {
  return command("create", "Make a token; it is shown this once", [
    "token create --human alice",
    "CONDUCTOR_TOKEN=… conductor approve 7",
    "token create --read dashboard",
    "CONDUCTOR_TOKEN=… conductor ls",
  ])
    .option("--human <name>", "for a person, who acts and decides with it")
    .option("--read <name>", "for whoever looks and does nothing else")
    .action(async (options: CreateOptions) => {
      refuseAgents(context);
      const asked = wanted(options);
      const client = await openClient(context);
      const made = await client.createToken(asked);
      present(context, options.json, made, () => `${made.token}\n`);
    });
}

function wanted({ human, read }: CreateOptions): { name: string; scope: TokenScope } {
  if (human !== undefined && read === undefined) return { name: human, scope: "human" };
  if (read !== undefined && human === undefined) return { name: read, scope: "read" };
  throw new ConductorError("usage.invalid", "whose token? either --human NAME or --read NAME", {
    hint: "conductor token create --help",
  });
}

function listCommand(context: Context): Command {
  return command("list", "Who has one", ["token list"]).action(async ({ json }: JsonOption) => {
    const client = await openClient(context);
    const tokens = await client.tokens();
    const rows = tokens.map(({ name, scope, createdAt }) => [
      name,
      scope,
      age(createdAt, Date.now()),
    ]);
    const head = ["NAME", "SCOPE", "AGE"];
    const drawn = await table([head, ...rows], tableLook(context.env, context.stdout));
    present(context, json, tokens, () =>
      tokens.length === 0 ? "nobody beside the owner has a token\n" : drawn,
    );
  });
}

function revokeCommand(context: Context): Command {
  return command("revoke", "Take one back: nothing is accepted with it any more", [
    "token revoke alice",
  ])
    .argument("<name>", "whose")
    .action(async (name: string, { json }: JsonOption) => {
      refuseAgents(context);
      const client = await openClient(context);
      const revoked = await client.revokeToken(name);
      present(context, json, revoked, () => `${revoked.name}'s token is revoked\n`);
    });
}
