import type { Command } from "commander";
import { VERSION } from "../../base/version.ts";
import { openApiDocument } from "../../contract/api/openapi.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { present } from "./report.ts";

/** Where a daemon with the settings as they come is found. */
const SERVER = "http://127.0.0.1:7373";

export function build(context: Context): Command {
  return command("openapi", "Print the REST interface as an OpenAPI 3.1 document", [
    "openapi > openapi.json",
  ]).action(({ json }: JsonOption) => {
    const document = openApiDocument({ version: VERSION, server: SERVER });
    present(context, json, document, () => `${JSON.stringify(document, null, 2)}\n`);
  });
}
