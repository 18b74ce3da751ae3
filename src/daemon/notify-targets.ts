/** Tells one target: a console, the desktop, who is attached, an agent's inbox, a webhook. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import type { Config } from "../contract/config.ts";
import type { JournalEvent } from "../contract/events.ts";
import { type Attempt, webhookHeaders } from "../core/notify/index.ts";
import type { PaneDriver } from "../core/terminals/index.ts";
import { notifyDesktop } from "../drivers/notify/desktop.ts";
import { postWebhook } from "../drivers/notify/webhook.ts";
import type { Postman } from "./postman.ts";

export interface Told {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly body: string;
  readonly event: JournalEvent;
}

export interface TargetPorts {
  readonly config: Config["notify"];
  readonly driver: Pick<PaneDriver, "announce">;
  readonly postman: Pick<Postman, "send">;
  readonly clock: Clock;
  readonly env: Environment;
  /** Of the conductor home: the secrets of webhooks. */
  readonly folder: string;
}

export type Tell = (target: string, told: Told, signal: AbortSignal) => Promise<Attempt>;

export function createTargets(ports: TargetPorts): Tell {
  return async (target, told, signal) => {
    try {
      return await tell(ports, { target, told, signal });
    } catch (error) {
      const code = error instanceof ConductorError ? error.code : undefined;
      const isFinal = code === "not_found" || code === "config.invalid";
      return { kind: isFinal ? "refused" : "failed", error: describeError(error) };
    }
  };
}

async function tell(
  ports: TargetPorts,
  {
    target,
    told,
    signal,
  }: { readonly target: string; readonly told: Told; readonly signal: AbortSignal },
): Promise<Attempt> {
  const [kind = "", name = ""] = target.split(":", 2);
  const line = `${told.title}: ${told.body}`;
  switch (kind) {
    case "console":
      // Who watches is told by the event that says it was sent.
      return { kind: "told" };
    case "desktop":
      return notifyDesktop(told, ports.env, signal);
    case "tmux": {
      const seen = await ports.driver.announce(`conductor: ${line}`);
      return seen > 0 ? { kind: "told" } : { kind: "refused", error: "nobody is attached" };
    }
    case "inbox":
      await ports.postman.send({ to: name, body: line, dedupeKey: told.id }, "daemon");
      return { kind: "told" };
    case "webhook":
      return post(ports, name, { told, signal });
    default:
      return { kind: "refused", error: `there is no target ${target}` };
  }
}

function post(
  { config, folder, clock }: TargetPorts,
  name: string,
  { told, signal }: { readonly told: Told; readonly signal: AbortSignal },
): Promise<Attempt> {
  const webhook = config.webhooks[name];
  if (webhook === undefined) throw new ConductorError("not_found", `no webhook is called ${name}`);
  const { event, rule, title, body: text } = told;
  const { type, time, ...about } = event;
  const body = JSON.stringify({
    type,
    timestamp: new Date(time).toISOString(),
    data: { rule, title, text, ...about },
  });
  const secret = webhookSecret(folder, name);
  const headers = webhookHeaders({ id: told.id, body }, secret, clock.now());
  return postWebhook(webhook.url, { headers, body }, signal);
}

export function webhookSecretFile(folder: string, name: string): string {
  return join(folder, `${name}.secret`);
}

/** Made with the first use; a person may write another one there. Read each time, so that it can be changed. */
function webhookSecret(folder: string, name: string): string {
  const file = webhookSecretFile(folder, name);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const made = `whsec_${randomBytes(32).toString("base64")}\n`;
    writeFileSync(file, made, { mode: 0o600, flag: "wx" });
  }
  return readFileSync(file, "utf8");
}
