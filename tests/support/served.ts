/** A whole daemon in this process, on sockets of its own, with panes of the mind. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { Lifetime } from "../../src/base/lifetime.ts";
import { silentLog } from "../../src/base/log.ts";
import { resolvePaths } from "../../src/base/paths.ts";
import { configSchema } from "../../src/contract/config.ts";
import { createAgentTokens } from "../../src/daemon/agent-tokens.ts";
import { createCatalog } from "../../src/daemon/catalog.ts";
import { compose } from "../../src/daemon/compose.ts";
import { agentKeyFile, prepareHome, readSecret } from "../../src/daemon/home.ts";
import { shippedPolicy } from "../../src/daemon/policy-desk.ts";
import type { Services } from "../../src/daemon/services.ts";
import { openPolicies, watchCatalog } from "../../src/drivers/files/index.ts";
import { type MemoryPanes, memoryPanes } from "./memory-panes.ts";
import { temporaryFolder, testStores } from "./stores.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

export interface Served {
  readonly services: Services;
  readonly panes: MemoryPanes;
  readonly url: string;
  readonly port: number;
  readonly ownerToken: string;
  readonly folder: string;
  tokenOf(terminalId: string): string;
  /** How often somebody told the daemon to stop. */
  readonly stops: () => number;
}

export async function served(): Promise<Served> {
  const folder = temporaryFolder();
  const env = { HOME: folder, CONDUCTOR_HOME: path.join(folder, "c"), PATH: "/usr/bin:/bin" };
  const paths = resolvePaths(env);
  prepareHome(paths);
  mkdirSync(paths.profiles, { recursive: true });
  const head = "name: worker\ndescription: works\nprovider: scripted";
  writeFileSync(path.join(paths.profiles, "worker.md"), `---\n${head}\n---\nYou work.\n`);
  // A provider of the user's own, with a key among its variables.
  mkdirSync(paths.providers, { recursive: true });
  const scripted = readFileSync(path.join(ROOT, "providers/scripted.yaml"), "utf8");
  const keyed = scripted.replace(/^name: .*$/m, "name: keyed").replace(/^aliases: .*$/m, "");
  writeFileSync(path.join(paths.providers, "keyed.yaml"), `${keyed}\nenv: { API_KEY: s3cret }\n`);
  const stores = testStores(paths.database);
  // Its end comes before theirs.
  const lifetime = new Lifetime();
  onTestFinished(() => lifetime[Symbol.asyncDispose]());
  const panes = memoryPanes(() => systemClock.now());
  const files = lifetime.own(
    await watchCatalog({
      providers: [path.join(ROOT, "providers"), paths.providers],
      profiles: [path.join(ROOT, "profiles"), paths.profiles],
      log: silentLog,
    }),
  );
  let stops = 0;
  const services = await compose(
    {
      paths,
      env,
      config: configSchema.parse({ http: { port: 0 } }),
      log: silentLog,
      stores,
      driver: panes,
      tmuxFolder: folder,
      clock: systemClock,
      catalog: createCatalog(files),
      policies: openPolicies({
        builtin: path.join(ROOT, "policies/builtin.yaml"),
        shipped: shippedPolicy(),
        own: paths.policy,
        trust: paths.trust,
        onChange: () => undefined,
      }),
      failpoint: undefined,
      stop: () => {
        stops += 1;
      },
      attach: (id) => ["tmux", "attach", id],
    },
    lifetime,
  );
  const { port } = services.describe().http;
  const agents = createAgentTokens(readSecret(agentKeyFile(paths)));
  return {
    services,
    panes,
    port,
    folder,
    url: `http://127.0.0.1:${port}`,
    ownerToken: readSecret(paths.token),
    tokenOf: (id) => agents.tokenOf(id),
    stops: () => stops,
  };
}

export interface Asked {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function call(
  { url }: Served,
  at: string,
  { method = "GET", token, body, headers = {} }: Asked = {},
): Promise<Response> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const isText = typeof body === "string";
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return fetch(`${url}${at}`, {
    method,
    headers: { ...bearer, ...type, ...headers },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
}

/** A scripted agent in a pane of the mind; its id. */
export async function launched(world: Served, name = "dev"): Promise<string> {
  const { launched: made } = await world.services.launcher.launchOne({
    provider: "scripted",
    name,
    cwd: world.folder,
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const [terminal] = made;
  if (terminal === undefined) throw new Error(`${name} was not launched`);
  return terminal.id;
}
