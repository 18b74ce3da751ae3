/** A product with roles for scripted workers that use little memory, and agents that speak with their own tokens. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolvePaths } from "../../src/base/paths.ts";
import { Client } from "../../src/clients/link/client.ts";
import type { HandoffView } from "../../src/contract/handoffs.ts";
import { createAgentTokens } from "../../src/daemon/agent-tokens.ts";
import { agentKeyFile, readSecret } from "../../src/daemon/home.ts";
import { type Product, product, until } from "./product.ts";
import { clientOf, terminalOf } from "./scripted.ts";

const PROVIDERS = path.resolve(import.meta.dirname, "../../providers");

export interface Role {
  readonly name: string;
  readonly warm?: number;
}

/**
 * Its roles run the provider `light`: the scripted agent, many in one process.
 * @param more  lines added to that provider
 */
export function office(
  settings = "",
  roles: readonly Role[] = [{ name: "worker" }],
  more = "",
): Product {
  const world = product(settings);
  const paths = resolvePaths(world.env);
  mkdirSync(paths.profiles, { recursive: true });
  for (const { name, warm = 0 } of roles) {
    const head = `name: ${name}\ndescription: does what it is told\nprovider: light\nwarm: ${warm}`;
    writeFileSync(path.join(paths.profiles, `${name}.md`), `---\n${head}\n---\nYou work.\n`);
  }
  installLight(world, more);
  return world;
}

/** The provider `light`: the scripted agent, many in one process. */
export function installLight(world: Product, more = ""): void {
  const { providers } = resolvePaths(world.env);
  mkdirSync(providers, { recursive: true });
  const pool = path.join(world.folder, "pool");
  const text = readFileSync(path.join(PROVIDERS, "scripted.yaml"), "utf8")
    .replace(/^name: .*$/m, "name: light")
    .replace(/^aliases: .*$/m, "")
    .replace(/^args: .*$/m, `args: [fake-agent, --light, --pool, ${pool}]`)
    .replace(/^foreground: .*$/m, "foreground: [sh, dash, bash, conductor, node, env]");
  writeFileSync(path.join(providers, "light.yaml"), `${text}\n${more}\n`);
}

/** Speaks as that agent does: with its token. */
export async function speakAs(world: Product, name: string): Promise<Client> {
  return new Client({
    socket: resolvePaths(world.env).socket,
    token: tokenOf(world, (await terminalOf(world, name)).id),
  });
}

export function tokenOf(world: Product, terminalId: string): string {
  const key = readSecret(agentKeyFile(resolvePaths(world.env)));
  return createAgentTokens(key).tokenOf(terminalId);
}

/** Of a handoff that was asked for: settled, as its sender hears of it. */
export async function outcome(client: Client, asked: Promise<HandoffView>): Promise<HandoffView> {
  const { id } = await asked;
  return client.handoff(id, 60_000);
}

export function untilReleased(world: Product, id: string): Promise<void> {
  const isReleased = async () => (await clientOf(world).handoff(id)).releasedAt !== null;
  return until(isReleased, "its worker is let go");
}
