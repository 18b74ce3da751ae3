// The daemon, with its connectors called by lines on its standard input: `{id, kind, call, …}`; each is answered
// by a line `{id, value}` or `{id, error}`, and updates come as `{id, update}`.
import { createInterface } from "node:readline";
import { ConductorError } from "../../src/base/errors.ts";
import { Lifetime } from "../../src/base/lifetime.ts";
import type { ConnectorKind } from "../../src/contract/terminals.ts";
import type { AgentSession } from "../../src/core/agents/index.ts";
import { serve } from "../../src/daemon/main.ts";
import type { Services } from "../../src/daemon/services.ts";

export interface HostCall {
  readonly id: number;
  readonly kind: ConnectorKind;
  readonly call: "probe" | "open" | "adopt" | "prompt" | "follow" | "cancel" | "status" | "close";
  readonly session: string;
  readonly provider?: string;
  readonly cwd?: string;
  readonly args?: readonly string[];
  readonly key?: string;
  readonly text?: string;
}

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
process.exitCode = await Lifetime.run((lifetime) => serve(lifetime, serving));

function serving(services: Services): void {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const asked: HostCall = JSON.parse(line);
    answer(services, asked).then(
      (value) => tell({ id: asked.id, value: value ?? null }),
      (error: unknown) => tell({ id: asked.id, error: toldOf(error) }),
    );
  });
  tell({ id: 0, value: "serving" });
}

async function answer(services: Services, asked: HostCall): Promise<unknown> {
  const { kind, session: id, provider = "", cwd = "", args, key = "", text = "" } = asked;
  const connector = services.connectors[kind];
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  const adopted = (): AgentSession => {
    const session = connector.adopt(id);
    if (session === undefined) throw new ConductorError("not_found", `no session ${id}`);
    return session;
  };
  switch (asked.call) {
    case "probe":
      return connector.probe(provider, env);
    case "open":
      return (await connector.open({ id, provider, cwd, args, env })).status();
    case "adopt":
      return adopted().status();
    case "prompt": {
      const { signal } = new AbortController();
      return adopted().prompt({ key, text, from: "human" }, { signal });
    }
    case "follow": {
      adopted().onUpdate((update) => tell({ id: asked.id, update }));
      adopted().onPermission((permission) => tell({ id: asked.id, update: permission }));
      return null;
    }
    case "cancel":
      return adopted().cancel(key);
    case "status":
      return adopted().status();
    case "close":
      return adopted().close();
    default:
      throw new Error(`no such call: ${JSON.stringify(asked)}`);
  }
}

function toldOf(error: unknown): object {
  if (error instanceof ConductorError)
    return { code: error.code, message: error.message, data: error.data };
  return { code: "internal", message: String(error) };
}
