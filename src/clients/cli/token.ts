import type { Command } from "commander";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { refuseAgents } from "./verdict.ts";

export function build(context: Context): Command {
  return bare("token", "Tokens of people beside you, for rules that ask more than one", [
    "token create --human alice",
    "token list",
    "token revoke alice",
  ])
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

function createCommand(context: Context): Command {
  return command("create", "Make a token for a person; it is shown this once", [
    "token create --human alice",
    "CONDUCTOR_TOKEN=… conductor approve 7",
  ])
    .requiredOption("--human <name>", "who decides with it")
    .action(async ({ human, json }: JsonOption & { readonly human: string }) => {
      refuseAgents(context);
      const client = await openClient(context);
      const made = await client.createHuman(human);
      present(context, json, made, () => `${made.token}\n`);
    });
}

function listCommand(context: Context): Command {
  return command("list", "Who has one", ["token list"]).action(async ({ json }: JsonOption) => {
    const client = await openClient(context);
    const humans = await client.humans();
    const rows = humans.map(({ name, createdAt }) => [name, age(createdAt, Date.now())]);
    const drawn = await table([["HUMAN", "AGE"], ...rows], tableLook(context.env, context.stdout));
    present(context, json, humans, () =>
      humans.length === 0 ? "nobody beside the owner has a token\n" : drawn,
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
      const revoked = await client.revokeHuman(name);
      present(context, json, revoked, () => `${revoked.name}'s token is revoked\n`);
    });
}
