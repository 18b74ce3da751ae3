/** Package managers and build tools: the project's own code runs freely; machines and registries do not change unasked. */
import type { Call, Judge } from "../call.ts";
import { type Stream, UNKNOWN } from "../field.ts";
import { BUILDERS, build } from "./builders.ts";
import { MORE_BUILDERS } from "./catalogue.ts";
import { LANGUAGE_TOOLS } from "./language-tools.ts";
import { make } from "./make.ts";
import { MANAGERS } from "./managers.ts";
import { execute, node } from "./node-packages.ts";
import { PROJECT_TOOLS } from "./project-tools.ts";
import { pip, uv } from "./python-packages.ts";
import { verbTool } from "./verbs.ts";

export const packages = new Map<string, Judge>([
  ...[...MORE_BUILDERS, ...BUILDERS].map((name): [string, Judge] => [name, build]),
  ...Object.entries({ ...LANGUAGE_TOOLS, ...MANAGERS, ...PROJECT_TOOLS }).map(
    ([name, tool]): [string, Judge] => [name, verbTool(tool)],
  ),
  ["npm", node],
  ["pnpm", node],
  ["yarn", node],
  ["bun", node],
  ["cnpm", node],
  ["npx", execute],
  ["bunx", execute],
  ["pnpx", execute],
  ["dlx", execute],
  ["uvx", execute],
  ["pip", pip],
  ["pip3", pip],
  ["uv", uv],
  ["make", make],
  ["gmake", make],
  ["java", java],
  ["corepack", corepack],
  ["cross-env", crossEnv],
  ["cross-env-shell", crossEnv],
]);

export function java(call: Call): Stream {
  const agent = call.args.some((arg) =>
    /^-(javaagent|agentpath|agentlib|XX:OnError|XX:OnOutOfMemoryError)/.test(arg.text),
  );
  call.report(agent ? "run-hook" : "build", "runs a Java program");
  return UNKNOWN;
}

function corepack(call: Call): Stream {
  const [first] = call.args;
  if (/^(enable|disable|install|prepare|up|use|hydrate|pack|cache)$/.test(first?.text ?? "")) {
    call.report("system-packages", `corepack ${first?.text ?? ""}`);
    return UNKNOWN;
  }
  call.report("shell-state", "corepack runs a package manager");
  return call.args.length === 0 ? UNKNOWN : call.run(call.args, { via: "corepack" });
}

function crossEnv(call: Call): Stream {
  const first = call.args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg.text));
  call.report("shell-state", "sets variables for a command");
  for (const arg of first < 0 ? call.args : call.args.slice(0, first)) {
    const [name = "", ...value] = arg.text.split("=");
    call.variable(name, { ...arg, text: value.join("=") });
  }
  return first < 0 ? UNKNOWN : call.run(call.args.slice(first), { via: call.name });
}
