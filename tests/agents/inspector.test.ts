/** MCP Inspector's CLI against `/mcp`: a client that somebody else wrote, over HTTP and through the bridge. */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { inspector, install } from "../support/agent-cli.ts";
import { mcpUrl } from "../support/mcp.ts";
import { office, tokenOf } from "../support/office.ts";
import type { Product } from "../support/product.ts";
import { clientOf, launchScripted, terminalOf } from "../support/scripted.ts";

const installed = await install(inspector);
const NODE = resolve(import.meta.dirname, "../../node_modules/.bin/node");
const MAIN = resolve(import.meta.dirname, "../../dist/main.js");
if (!installed.ok) console.log(`skipped: ${installed.reason}`);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Inspect = (...words: readonly string[]) => Promise<Ran>;

async function inspect(world: Product, target: readonly string[], words: readonly string[]) {
  const bin = installed.ok ? join(installed.folder, inspector.bin) : "";
  const env = { ...world.env, HOME: world.folder };
  return new Promise<Ran>((done) => {
    const options = { env, cwd: world.folder, timeout: 60_000 };
    execFile(NODE, [bin, "--cli", ...target, ...words], options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/** As `lead`, to whom `dev` is at hand. */
async function team(way: "over HTTP" | "through the bridge"): Promise<[Product, Inspect]> {
  const world = office("handoffs: { returnSeconds: 0.3 }\n");
  await launchScripted(world, "lead");
  await launchScripted(world, "dev");
  const token = tokenOf(world, (await terminalOf(world, "lead")).id);
  const http = [String(await mcpUrl(world)), "--header", `Authorization: Bearer ${token}`];
  const stdio = [NODE, MAIN, "mcp", "-e", `CONDUCTOR_TOKEN=${token}`];
  for (const name of ["HOME", "CONDUCTOR_HOME", "PATH"])
    if (world.env[name] !== undefined) stdio.push("-e", `${name}=${world.env[name]}`);
  const target = way === "over HTTP" ? http : stdio;
  return [world, (...words) => inspect(world, target, words)];
}

const calling = (tool: string, ...args: readonly string[]): string[] => [
  "--method",
  "tools/call",
  "--tool-name",
  tool,
  ...args.flatMap((each) => ["--tool-arg", each]),
];

describe.skipIf(!installed.ok)(`${inspector.package} ${inspector.version}`, () => {
  test.each(["over HTTP", "through the bridge"] as const)(
    "%s it lists the tools, finds nothing wrong with what they take, and calls them",
    async (way) => {
      const [world, run] = await team(way);
      const listed = await run("--method", "tools/list", "--strict");
      expect(listed).toMatchObject({ code: 0 });
      const { tools }: { tools: { name: string }[] } = JSON.parse(listed.stdout);
      const names = tools.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(["handoff", "assign", "list_agents"]));
      const agents = await run(...calling("list_agents"));
      expect(agents).toMatchObject({ code: 0, stdout: expect.stringContaining("dev") });
      const work = ["agent=dev", "message=do:slow 3\ndo:say to the inspector"];
      const answer = await run(...calling("handoff", ...work));
      expect(answer).toMatchObject({ code: 0 });
      expect(answer.stdout).toContain("to the inspector");
      const [handoff] = await clientOf(world).handoffs();
      expect(handoff).toMatchObject({ state: "done", fromName: "lead", returned: "call" });
      const wrong = await run(...calling("handoff", "agent=nobody", "message=x"));
      expect(wrong.stdout + wrong.stderr).toContain("no running agent");
    },
  );

  test("with a token of nobody's it gets in nowhere", async () => {
    const [world] = await team("over HTTP");
    const target = [String(await mcpUrl(world)), "--header", "Authorization: Bearer nobody"];
    const ran = await inspect(world, target, ["--method", "tools/list"]);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout).not.toContain("handoff");
  });
});
