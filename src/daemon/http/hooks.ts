/**
 * The door of agents' own hooks: a provider's payload in, its verdict out. A CLI takes many an answer for a
 * yes, an error too, so whatever goes wrong here is answered with a denial and 200.
 */
import { assertNever, ConductorError } from "../../base/errors.ts";
import { api } from "../../contract/api/index.ts";
import { routes } from "../../contract/routes.ts";
import {
  type HookAnswer,
  type HookCall,
  type HookContract,
  type HookQuestion,
  type HookVerdict,
  hookContracts,
} from "../../core/hooks/index.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Ruling } from "../gatekeeper.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { toConductorError } from "./errors.ts";
import { askingTerminal } from "./gate.ts";
import { serve } from "./serve.ts";

/** Before all locks, so that their refusals are answered in the provider's format as well. */
export function hookRefusals(app: App): void {
  app.use(`${routes.hooks}/*`, async (context, next) => {
    await next();
    const { error } = context;
    if (error === undefined) return;
    const [name = "", event = ""] = context.req.path.slice(routes.hooks.length + 1).split("/");
    const contract = Object.hasOwn(hookContracts, name) ? hookContracts[name] : undefined;
    if (contract === undefined) return;
    const { code, message } = toConductorError(error);
    const why = code === "internal" ? "conductor could not judge it" : message;
    const refused = contract.asks(event) ? contract.answer(event, denial(why)) : NOTHING;
    context.res = answered(refused);
  });
}

export function hookRoutes(app: App, services: Services): void {
  serve(app, services, api.callHook, async ({ body, caller, param, signal }) => {
    const terminal = askingTerminal(services, caller);
    const contract = contractOf(param("contract"));
    const event = param("event");
    const heard = contract.read(event, body);
    switch (heard.kind) {
      case "malformed":
        throw new ConductorError("usage.invalid", `this hook's call cannot be read: ${heard.why}`);
      case "ended":
        services.passes.end(terminal.record.id, heard.id);
        return {};
      case "signal":
        services.hooked(terminal, heard);
        return {};
      case "call": {
        const verdict = await verdictOn(services, { terminal, call: heard, signal });
        const mark = services.hookMark(terminal.record.id);
        return answered(contract.answer(event, verdict, { payload: body, mark }));
      }
      case "question":
        return answered(contract.answer(event, questionOn(services, terminal, heard)));
      default:
        return assertNever(heard);
    }
  });
}

/** @throws {ConductorError} `not_found` */
function contractOf(name: string): HookContract {
  const found = Object.hasOwn(hookContracts, name) ? hookContracts[name] : undefined;
  if (found !== undefined) return found;
  throw new ConductorError("not_found", `no hooks are called ${name.slice(0, 60)}`);
}

function denial(reason: string): HookVerdict {
  return { kind: "deny", reason: `${reason}. It did not run.` };
}

const NOTHING: HookAnswer = { kind: "json", body: {} };

/** gates/hook exits with that code, and with the reason on its standard error. */
function answered(answer: HookAnswer): Response {
  if (answer.kind === "json") return Response.json(answer.body);
  const headers = { "content-type": "text/plain; charset=utf-8", "conductor-exit": "2" };
  return new Response(answer.reason, { headers });
}

/** The provider's own question about a covered tool is answered too: where a human let the call pass, or will be asked. */
function questionOn(
  services: Services,
  { record }: Terminal,
  { tool, cwd, text, isJudgedNext }: HookQuestion,
): HookVerdict {
  const covers = services.catalog.running(record.provider).hooks?.covers.includes(tool) === true;
  if (!covers || record.launch.gate === "observe") return { kind: "none" };
  if (isJudgedNext) return { kind: "allow", reason: "it is judged next" };
  const isPassed = services.gatekeeper.hasPass({ source: "hook", text, cwd }, { record });
  return isPassed ? { kind: "allow", reason: "a human said yes" } : { kind: "none" };
}

interface AskedByHook {
  readonly terminal: Terminal;
  readonly call: HookCall;
  readonly signal: AbortSignal;
}

async function verdictOn(services: Services, asked: AskedByHook): Promise<HookVerdict> {
  const { terminal, call, signal } = asked;
  const { text, cwd, use } = call;
  const first = await services.gatekeeper.judge({ source: "hook", text, cwd, use }, terminal);
  const ruling = first.kind === "wait" ? await first.settled(signal) : first;
  if (ruling.kind === "deny") return { kind: "deny", reason: ruling.message };
  return allowed(services, asked, ruling);
}

function allowed(
  services: Services,
  { terminal, call }: AskedByHook,
  ruling: Extract<Ruling, { kind: "allow" }>,
): HookVerdict {
  const { record } = terminal;
  if (ruling.by === "observe") return { kind: "none" };
  if (ruling.pass !== undefined && call.use === undefined)
    services.passes.give(record.id, { key: ruling.pass, call: call.id });
  if (ruling.by === "human") return { kind: "allow", reason: "a human said yes" };
  // Our own tools stand behind the daemon, which judges what they ask for.
  if (call.use?.kind === "mcp" && call.use.own === true)
    return { kind: "allow", reason: "a tool of conductor" };
  // The provider's own question stays for tools of which nobody has seen that this gate holds them.
  const { hooks } = services.catalog.running(record.provider);
  return hooks?.covers.includes(call.tool) === true
    ? { kind: "allow", reason: "allowed by policy" }
    : { kind: "none" };
}
