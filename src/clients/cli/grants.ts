import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { GrantView } from "../../contract/grants.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { refuseAgents } from "./verdict.ts";

export function build(context: Context): Command {
  return bare("grants", "Commands that `approve --always` allows", [
    "grants list",
    "grants revoke g_0199",
  ])
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context));
}

function listCommand(context: Context): Command {
  return command("list", "The grants in force, newest first", [
    "grants list",
    "grants list --json",
  ]).action(async ({ json }: JsonOption) => {
    const client = await openClient(context);
    const grants = await client.grants();
    const drawn = await listText(context, grants, Date.now());
    present(context, json, grants, () => drawn);
  });
}

function revokeCommand(context: Context): Command {
  return command("revoke", "Take one back: the command is asked about again", [
    "grants revoke g_0199",
  ])
    .argument("<id>", "its id, or the beginning of it")
    .action(async (ref: string, { json }: JsonOption) => {
      refuseAgents(context);
      const client = await openClient(context);
      const revoked = await client.revokeGrant(ref);
      const text = `revoked ${revoked.id}: ${printableLine(revoked.command)}\n`;
      present(context, json, revoked, () => text);
    });
}

async function listText(
  context: Context,
  grants: readonly GrantView[],
  now: number,
): Promise<string> {
  if (grants.length === 0) return "nothing is approved from now on\n";
  const head = ["ID", "AGENT", "ENDS IN", "COMMAND", "FOLDER"];
  const rows = grants.map(({ id, agent, expiresAt, command: granted, cwd }) =>
    [id, agent, age(now, expiresAt), granted, cwd].map(printableLine),
  );
  return table([head, ...rows], {
    ...tableLook(context.env, context.stdout),
    cut: [[4], [3]],
  });
}
