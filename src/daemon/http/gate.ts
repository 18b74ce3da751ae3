/** The gate's door: an agent's shell asks here, with its terminal's token, before it runs anything. */
import { ConductorError, describeError } from "../../base/errors.ts";
import { decisionEffect, decisionSource } from "../../contract/decisions.ts";
import { routes } from "../../contract/routes.ts";
import { requireHuman } from "../auth.ts";
import type { Ruling } from "../gatekeeper.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { pattern, queryNumber } from "./params.ts";

export function gateRoutes(app: App, services: Services): void {
  // The body is what a shell can send without a JSON writer: source, folder and text, with a NUL between them.
  app.post(routes.gate, async (context) => {
    const caller = context.get("caller");
    const terminal =
      caller.kind === "agent" ? services.terminals.byId(caller.terminalId) : undefined;
    if (terminal === undefined)
      throw new ConductorError("auth.refused", "only an agent's own shell asks the gate");
    const [source, cwd, ...text] = (await context.req.text()).split("\0");
    const asked = { source: decisionSource.parse(source), cwd: cwd ?? "", text: text.join("\0") };
    const ruling = await services.gatekeeper.judge(asked, terminal);
    return answer(ruling, terminal.record.id, context.req.raw.signal, services);
  });
  // What the gate was told of, with a NUL between: the decision's id, and the exit code.
  app.post(routes.gateExit, async (context) => {
    const caller = context.get("caller");
    if (caller.kind !== "agent")
      throw new ConductorError("auth.refused", "only an agent's own shell tells how it ended");
    const [id = "", code = ""] = (await context.req.text()).split("\0");
    if (!/^\d{1,3}$/.test(code)) throw new ConductorError("usage.invalid", "no exit code");
    await services.exits.told(caller.terminalId, id, Number(code));
    return new Response(null, { status: 204 });
  });
  app.get(routes.decisions, async (context) => {
    requireHuman(context.get("caller"), "read decisions");
    const { terminal, effect } = context.req.query();
    const since = queryNumber(context.req.query("since"), {
      fallback: 0,
      max: Number.MAX_SAFE_INTEGER,
    });
    const limit = queryNumber(context.req.query("limit"), { fallback: 100, max: 10_000 });
    const found = await services.decisions.list({
      since,
      limit,
      ...(terminal === undefined
        ? {}
        : { terminalId: services.terminals.find(terminal).record.id }),
      ...(effect === undefined ? {} : { effect: decisionEffect.parse(effect) }),
    });
    return context.json(found);
  });
  app.get(pattern(routes.decision(":ref")), async (context) => {
    requireHuman(context.get("caller"), "read decisions");
    return context.json(await services.decisions.get(context.req.param("ref") ?? ""));
  });
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
  const headers = { "content-type": "text/plain; charset=utf-8" };
  // A shell reads byte by byte: most of what it asks is answered by the first line of the head.
  if (ruling.kind === "allow" && ruling.decision === undefined)
    return new Response(null, { status: 204 });
  if (ruling.kind !== "wait") return new Response(lineOf(ruling), { headers });
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
  return new Response(lines, { headers });
}

type Settled = Exclude<Ruling, { kind: "wait" }>;

function line(ruling: Settled): string {
  if (ruling.kind === "allow")
    return ruling.decision === undefined ? "allow\n" : `allow ${ruling.decision}\n`;
  const lines = ruling.message.split("\n");
  const last = lines.pop() ?? "";
  return [...lines.map((text) => `say ${text}`), `deny ${last}`, ""].join("\n");
}
