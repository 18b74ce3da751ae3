/** The gate's door: an agent's shell asks here, with its terminal's token, before it runs anything. */
import { ConductorError, describeError } from "../../base/errors.ts";
import { api } from "../../contract/api/index.ts";
import { decisionSource } from "../../contract/decisions.ts";
import { routes } from "../../contract/routes.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Caller } from "../auth.ts";
import type { Ruling } from "../gatekeeper.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { toConductorError } from "./errors.ts";
import { serve } from "./serve.ts";

const TEXT = { "content-type": "text/plain; charset=utf-8" };

/** Before all locks: a shell that is not let in reads why, where it would take JSON for no answer at all. */
export function gateRefusals(app: App): void {
  app.use(routes.gate, async (context, next) => {
    await next();
    const { code, message } = toConductorError(context.error);
    if (code !== "auth.missing" && code !== "auth.refused") return;
    const refused = `deny ${message}, so this did not run. Ask the human to start this agent again\n`;
    context.res = new Response(refused, { status: context.res.status, headers: TEXT });
  });
}

export function gateRoutes(app: App, services: Services): void {
  serve(app, services, api.askGate, async ({ body, caller, signal }) => {
    const terminal = askingTerminal(services, caller);
    const [source, cwd, ...text] = body.split("\0");
    const asked = { source: decisionSource.parse(source), cwd: cwd ?? "", text: text.join("\0") };
    const ruling = await services.gatekeeper.judge(asked, terminal);
    return answer(ruling, terminal.record.id, signal, services);
  });
  serve(app, services, api.tellExit, async ({ body, caller }) => {
    const { record } = askingTerminal(services, caller);
    const [id = "", code = ""] = body.split("\0");
    if (!/^\d{1,3}$/.test(code)) throw new ConductorError("usage.invalid", "no exit code");
    await services.exits.told(record.id, id, Number(code));
    return new Response(null, { status: 204 });
  });
}

/** @throws {ConductorError} `auth.refused` where no agent calls */
export function askingTerminal({ terminals }: Services, caller: Caller): Terminal {
  const found = caller.kind === "agent" ? terminals.byId(caller.terminalId) : undefined;
  if (found !== undefined) return found;
  throw new ConductorError("auth.refused", "only an agent's own shell and hooks ask here");
}

/**
 * No content is a yes; else lines for a shell to read: `say MESSAGE` before `deny MESSAGE`, `allow DECISION` where it is to tell how the
 * command ended, or `wait NUMBER` and then one of these.
 */
function answer(
  ruling: Ruling,
  terminalId: string,
  signal: AbortSignal,
  services: Services,
): Response {
  const lineOf = (settled: Settled): string => {
    if (settled.kind === "allow" && settled.decision !== undefined)
      services.exits.await(terminalId, settled.decision);
    return line(settled);
  };
  // A shell reads byte by byte: most of what it asks is answered by the first line of the head.
  if (ruling.kind === "allow" && ruling.decision === undefined)
    return new Response(null, { status: 204 });
  if (ruling.kind !== "wait") return new Response(lineOf(ruling), { headers: TEXT });
  const lines = new ReadableStream<Uint8Array>({
    start: async (stream) => {
      const encoder = new TextEncoder();
      stream.enqueue(encoder.encode(`wait ${ruling.number}\n`));
      try {
        stream.enqueue(encoder.encode(lineOf(await ruling.settled(signal))));
        stream.close();
      } catch (error) {
        // Without an answer the gate refuses.
        services.log.warn({ error: describeError(error) }, "a waiting gate went away");
        stream.error(error);
      }
    },
  });
  return new Response(lines, { headers: TEXT });
}

type Settled = Exclude<Ruling, { kind: "wait" }>;

function line(ruling: Settled): string {
  if (ruling.kind === "allow")
    return ruling.decision === undefined ? "allow\n" : `allow ${ruling.decision}\n`;
  const lines = ruling.message.split("\n");
  const last = lines.pop() ?? "";
  return [...lines.map((text) => `say ${text}`), `deny ${last}`, ""].join("\n");
}
