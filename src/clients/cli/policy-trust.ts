import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { Pin } from "../../contract/trust.ts";
import { parsePolicy, pinOf } from "../../core/policy/index.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { readTrust } from "./policy-layers.ts";
import { present } from "./report.ts";
import { refuseAgents } from "./verdict.ts";

export function trustCommand(context: Context): Command {
  return command(
    "trust",
    "Let a repository's own policy count, as it is now, until it is trusted anew",
    ["policy trust", "policy trust ../other-project"],
  )
    .argument("[folder]", "the project", ".")
    .option("--agent <name>", "its file for this agent: .ai/agents/<name>.yaml")
    .addHelpText(
      "after",
      "\nAn edit changes nothing until the file is trusted again; where it is gone, this ends what it said.",
    )
    .action((folder: string, options: JsonOption & { readonly agent?: string }) => {
      refuseAgents(context);
      const file = join(
        resolve(context.cwd, folder),
        options.agent === undefined ? ".ai/policy.yaml" : `.ai/agents/${options.agent}.yaml`,
      );
      if (!existsSync(file)) return forget(context, file, options);
      const text = readFileSync(file, "utf8");
      const { rules } = parsePolicy(text, file);
      const pin = { ...pinOf(text), at: Date.now(), by: userInfo().username };
      remember(context, file, pin);
      present(context, options.json, { file, hash: pin.hash, rules: rules.length }, () =>
        printableLine(
          `${file} counts from now on: ${rules.length} rules, ${pin.hash.slice(0, 12)}`,
        ),
      );
    });
}

function forget(context: Context, file: string, options: JsonOption): void {
  if (readTrust(context)[file] === undefined)
    throw new ConductorError("not_found", `${file} is not there, nor was it trusted`);
  remember(context, file, undefined);
  present(context, options.json, { file, hash: null, rules: 0 }, () =>
    printableLine(`${file} is gone, and counts no more`),
  );
}

/** Written whole beside the old one, then put in its place. */
function remember(context: Context, file: string, pin: Pin | undefined): void {
  const { [file]: _before, ...others } = readTrust(context);
  const { trust } = context.paths;
  const next = `${trust}.${process.pid}`;
  const pins = pin === undefined ? others : { ...others, [file]: pin };
  writeFileSync(next, `${JSON.stringify(pins, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, trust);
}
