/** Who calls: a token's kind decides what it may do. Digests are compared in constant time. */
import { createHash, timingSafeEqual } from "node:crypto";
import { assertNever, ConductorError } from "../base/errors.ts";
import type { Route } from "../contract/api/route.ts";
import type { TokenView } from "../contract/tokens.ts";

export type Caller =
  /** Without a name: the owner, who bears the token file. */
  | { readonly kind: "human"; readonly name?: string }
  | { readonly kind: "agent"; readonly terminalId: string }
  /** Looks, and does nothing else. */
  | { readonly kind: "read"; readonly name: string };

/** The caller's name in journal rows and messages. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case "human":
      return "human";
    case "agent":
      return `agent:${caller.terminalId}`;
    case "read":
      return `read:${caller.name}`;
    default:
      return assertNever(caller);
  }
}

/** Who decides, as approvals keep it. */
export function deciderOf(caller: Caller): string {
  if (caller.kind === "human" && caller.name !== undefined) return `human:${caller.name}`;
  return actorOf(caller);
}

export interface Tokens {
  readonly human: string;
  /** The terminal whose agent bears this token, by SHA-256 digest in hex. */
  terminalOf(digest: string): string | undefined;
  /** The person beside the owner, or the onlooker, who bears it. */
  bearerOf(digest: string): Pick<TokenView, "name" | "scope"> | undefined;
}

export function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** @throws {ConductorError} `auth.missing` */
export function authenticate(header: string | undefined, tokens: Tokens): Caller {
  const token = /^Bearer ([\x21-\x7e]{1,200})$/.exec(header ?? "")?.[1];
  if (token === undefined) throw missing("this call needs a token");
  const presented = digest(token);
  if (timingSafeEqual(Buffer.from(presented), Buffer.from(digest(tokens.human))))
    return { kind: "human" };
  const terminalId = tokens.terminalOf(presented);
  if (terminalId !== undefined) return { kind: "agent", terminalId };
  const bearer = tokens.bearerOf(presented);
  if (bearer !== undefined) return { kind: bearer.scope, name: bearer.name };
  throw missing("this token is not known");
}

/** @throws {ConductorError} `auth.refused` */
export function admit(caller: Caller, route: Route): void {
  if (!route.scopes.includes(caller.kind)) throw refused(caller, route);
  if (route.isOwners !== true || (caller.kind === "human" && caller.name === undefined)) return;
  throw new ConductorError("auth.refused", `only the owner can ${doing(route)}`, {
    hint: "the owner's token is the file `token` of the conductor home",
  });
}

/** What a caller wants to do, for a sentence. */
export function doing({ summary }: Route): string {
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}

function refused(caller: Caller, route: Route): ConductorError {
  if (caller.kind === "human")
    return new ConductorError("auth.refused", `only an agent can ${doing(route)}`, {
      hint: "its own shell and hooks do, with the token of its terminal",
    });
  if (caller.kind === "read")
    return new ConductorError("auth.refused", `a token for reading cannot ${doing(route)}`, {
      hint: "a human's token can, an agent's may: conductor token create --human NAME",
    });
  return new ConductorError("auth.refused", `an agent cannot ${doing(route)}`, {
    hint: "only a human can; ask with an approval or a message",
  });
}

function missing(message: string): ConductorError {
  return new ConductorError("auth.missing", message, {
    hint: "the human's token is in the file `token` of the conductor home",
  });
}
