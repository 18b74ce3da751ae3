/** Connectors in a daemon of their own process, so that it can be killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { ConnectorProbe, PromptEnd, SessionStatus } from "../../src/core/agents/index.ts";
import type { HostCall } from "./connector-host.ts";
import type { Product } from "./product.ts";

const NODE = path.resolve(import.meta.dirname, "../../node_modules/.bin/node");
const HOST = path.join(import.meta.dirname, "connector-host.ts");

type Told =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } }
  | { readonly id: number; readonly update: { readonly kind: string } };

export interface HostedSession {
  open(): Promise<SessionStatus>;
  adopt(): Promise<SessionStatus>;
  prompt(key: string, text: string): Promise<PromptEnd>;
  cancel(key: string): Promise<boolean>;
  status(): Promise<SessionStatus>;
  close(): Promise<void>;
}

export interface Host {
  readonly process: ChildProcess;
  /** Of all that was followed. */
  readonly updates: { readonly kind: string }[];
  session(id: string): HostedSession;
  follow(id: string): Promise<void>;
  probe(): Promise<ConnectorProbe>;
  kill(): Promise<void>;
  /** Resolves when it has ended by itself, as a failpoint makes it. */
  died(): Promise<void>;
}

export interface Driven {
  readonly kind: HostCall["kind"];
  readonly provider: string;
  readonly cwd: string;
  readonly args?: readonly string[];
}

export async function startHost(
  world: Product,
  driven: Driven,
  env: Readonly<Record<string, string>> = {},
  enter: readonly string[] = [],
): Promise<Host> {
  const [file, ...words] = [...enter, NODE, HOST];
  const child = spawn(file ?? NODE, words, {
    env: { ...world.env, ...env },
    cwd: world.folder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const updates: { readonly kind: string }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told: Told = JSON.parse(line);
    if ("update" in told) updates.push(told.update);
    else if ("value" in told) waiting.get(told.id)?.resolve(told.value);
    else waiting.get(told.id)?.reject(Object.assign(new Error(told.error.message), told.error));
  });
  void ended.then(() => {
    for (const each of waiting.values()) each.reject(new Error("the daemon ended"));
  });
  const expected = (id: number): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    // Whoever waits for nothing any more is not to blame for it.
    answer.promise.catch(() => undefined);
    return answer.promise;
  };
  let last = 0;
  const call = async <T>(asked: Omit<HostCall, "id" | "kind">): Promise<T> => {
    last += 1;
    const answer = expected(last);
    child.stdin.write(`${JSON.stringify({ ...driven, ...asked, id: last })}\n`);
    // The host's own types crossed as JSON.
    const value: T = JSON.parse(JSON.stringify((await answer) ?? null));
    return value;
  };
  await expected(0);
  return {
    process: child,
    updates,
    kill,
    died: async () => void (await ended),
    probe: () => call({ call: "probe", session: "" }),
    follow: (session) => call({ call: "follow", session }),
    session: (session) => ({
      open: () => call({ call: "open", session }),
      adopt: () => call({ call: "adopt", session }),
      prompt: (key, text) => call({ call: "prompt", session, key, text }),
      cancel: (key) => call({ call: "cancel", session, key }),
      status: () => call({ call: "status", session }),
      close: () => call({ call: "close", session }),
    }),
  };
}
