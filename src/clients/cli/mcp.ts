import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { doorOf } from "../link/connect.ts";
import { startDaemon } from "../link/start-daemon.ts";
import { bare } from "./command.ts";
import type { Context } from "./context.ts";
import { linkOptions } from "./open-client.ts";

export function build(context: Context): Command {
  return bare("mcp", "MCP tools on stdin and stdout, for agents' CLIs", ["mcp"])
    .addHelpText(
      "after",
      "\nA CLI whose MCP client speaks HTTP needs none of this: it asks $CONDUCTOR_URL/mcp\nwith $CONDUCTOR_TOKEN as bearer token.",
    )
    .action(async () => {
      const token = context.env["CONDUCTOR_TOKEN"];
      if (token === undefined || token === "")
        throw new ConductorError("auth.missing", "there is no CONDUCTOR_TOKEN", {
          hint: "an agent's CLI runs this, in a pane that conductor launched",
        });
      const { runBridge } = await import("../bridge/bridge.ts");
      const link = linkOptions(context);
      await runBridge({
        door: { at: doorOf(link), token },
        input: context.stdin,
        write: (line) => context.stdout.write(`${line}\n`),
        signal: context.signal,
        start: () => startDaemon({ ...link, main: context.host.main }),
      });
    });
}
