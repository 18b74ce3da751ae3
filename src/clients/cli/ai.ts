import type { Command } from "commander";
import type { AgentView } from "../../contract/agents.ts";
import type { ConnectorKind } from "../../contract/terminals.ts";
import type { Client } from "../link/client.ts";
import { agentText, listText } from "./agent-text.ts";
import { bare, collect, command, count, type JsonOption, oneOf } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare(
    "ai",
    "Agents that can be given tasks: a provider, a role, labels, and how many at once",
    [
      "ai register fixer --provider claude-code --profile developer --label test",
      "ai list",
      "ai label fixer docs --remove test",
      "ai disable fixer",
    ],
  )
    .addCommand(registerCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(labelCommand(context))
    .addCommand(enableCommand(context))
    .addCommand(disableCommand(context))
    .addCommand(removeCommand(context));
}

/** Written out: the schema that knows them loads zod. */
const CONNECTORS: readonly ConnectorKind[] = ["tmux", "headless", "acp"];

interface RegisterOptions extends JsonOption {
  readonly provider?: string;
  readonly profile?: string;
  readonly description?: string;
  readonly connector?: ConnectorKind;
  readonly label?: string[];
  readonly capability?: string[];
  readonly max?: number;
}

function registerCommand(context: Context): Command {
  return command("register", "Register an agent under a name", [
    "ai register fixer --provider scripted --label test",
    "ai register reviewer --profile reviewer --provider codex --capability review --max 3",
    "ai register batch --provider claude-code --connector headless",
  ])
    .argument("<agent>", "what to call it: letters, digits, - and _")
    .option("-p, --provider <name>", "its CLI (conductor provider list); else its role's")
    .option("-r, --profile <name>", "its role (conductor profile list)")
    .option("-d, --description <text>", "what it is for")
    .option(
      "-c, --connector <kind>",
      `how it is driven: ${CONNECTORS.join(", ")}`,
      oneOf(CONNECTORS),
    )
    .option("-l, --label <label>", "what tasks may ask for; may be repeated", collect)
    .option("--capability <word>", "what it can do; may be repeated", collect)
    .option("-m, --max <number>", "tasks at once, else 1", count)
    .action((name: string, options: RegisterOptions) => {
      const { provider, profile, description, connector, label, capability, max, json } = options;
      const asked = {
        name,
        ...(provider === undefined ? {} : { provider }),
        ...(profile === undefined ? {} : { profile }),
        ...(description === undefined ? {} : { description }),
        ...(connector === undefined ? {} : { connector }),
        ...(label === undefined ? {} : { labels: label }),
        ...(capability === undefined ? {} : { capabilities: capability }),
        ...(max === undefined ? {} : { maxConcurrency: max }),
      };
      const done = (agent: AgentView) => `registered ${agent.name} (${agent.id})\n`;
      return one(context, { json, call: (client) => client.registerAgent(asked), text: done });
    });
}

function listCommand(context: Context): Command {
  return command("list", "List them, and how each is now", ["ai list", "ai list --json"]).action(
    async ({ json }: JsonOption) => {
      const client = await openClient(context);
      const agents = await looking(context, client.agents());
      const drawn = await listText(context, agents);
      present(context, json, agents, () => drawn);
    },
  );
}

interface ShowOptions extends JsonOption {
  readonly card?: boolean;
}

function showCommand(context: Context): Command {
  return command("show", "Show one: what it can do, what it does, how it is", [
    "ai show fixer",
    "ai show fixer --card",
  ])
    .argument("<agent>", "its name, or the start of its id")
    .option("--card", "print its A2A agent card, as JSON")
    .action(async (ref: string, { json, card }: ShowOptions) => {
      if (card !== true)
        return one(context, { json, call: (client) => client.agent(ref), text: agentText });
      const client = await openClient(context);
      const shown = await looking(context, client.agentCard(ref));
      return present(context, json, shown, () => JSON.stringify(shown, null, 2));
    });
}

interface LabelOptions extends JsonOption {
  readonly remove?: string[];
}

function labelCommand(context: Context): Command {
  return command("label", "Give it labels, or take some away", [
    "ai label fixer test docs",
    "ai label fixer --remove docs",
  ])
    .argument("<agent>", "its name, or the start of its id")
    .argument("[labels...]", "labels that it gets")
    .option("--remove <label>", "a label that it loses; may be repeated", collect)
    .action((ref: string, add: string[], { json, remove = [] }: LabelOptions) =>
      one(context, {
        json,
        call: (client) => client.labelAgent(ref, { add, remove }),
        text: ({ name, allLabels }) => `${name}: ${allLabels.join(", ") || "no labels"}\n`,
      }),
    );
}

function enableCommand(context: Context): Command {
  return command("enable", "Let it take tasks again", ["ai enable fixer"])
    .argument("<agent>", "its name, or the start of its id")
    .action((ref: string, { json }: JsonOption) =>
      one(context, {
        json,
        call: (client) => client.enableAgent(ref),
        text: ({ name }) => `${name} takes tasks\n`,
      }),
    );
}

function disableCommand(context: Context): Command {
  return command("disable", "Let it take no more; what it works on it ends", ["ai disable fixer"])
    .argument("<agent>", "its name, or the start of its id")
    .action((ref: string, { json }: JsonOption) =>
      one(context, {
        json,
        call: (client) => client.disableAgent(ref),
        text: ({ name, state, running }) =>
          state === "draining"
            ? `${name} ends what it works on (${running}), and takes nothing more\n`
            : `${name} takes no tasks\n`,
      }),
    );
}

function removeCommand(context: Context): Command {
  return command("remove", "Forget one that does not work; its terminals go on", [
    "ai remove fixer",
  ])
    .argument("<agent>", "its name, or the start of its id")
    .action((ref: string, { json }: JsonOption) =>
      one(context, {
        json,
        call: (client) => client.removeAgent(ref),
        text: ({ name }) => `removed ${name}\n`,
      }),
    );
}

async function one<T>(
  context: Context,
  how: {
    readonly json: boolean | undefined;
    readonly call: (client: Client) => Promise<T>;
    readonly text: (answer: T) => string;
  },
): Promise<void> {
  const client = await openClient(context);
  const answer = await looking(context, how.call(client));
  present(context, how.json, answer, () => how.text(answer));
}

function looking<T>(context: Context, work: Promise<T>): Promise<T> {
  return withProgress(context.stderr, () => "looking at the agents' CLIs", work);
}
