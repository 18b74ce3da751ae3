/** Who calls: a token's kind decides what it may do. Digests are compared in constant time. */
import { createHash, timingSafeEqual } from "node:crypto";
import { ConductorError } from "../base/errors.ts";

export type Caller =
  /** Without a name: the owner, who bears the token file. */
  | { readonly kind: "human"; readonly name?: string }
  | { readonly kind: "agent"; readonly terminalId: string };

/** The caller's name in journal rows and messages. */
export function actorOf(caller: Caller): string {
  return caller.kind === "human" ? "human" : `agent:${caller.terminalId}`;
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
  /** The person beside the owner who bears it. */
  humanOf(digest: string): string | undefined;
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
  const name = tokens.humanOf(presented);
  if (name !== undefined) return { kind: "human", name };
  throw missing("this token is not known");
}

/** @throws {ConductorError} `auth.refused` for an agent. */
export function requireHuman(caller: Caller, what: string): void {
  if (caller.kind === "human") return;
  throw new ConductorError("auth.refused", `an agent cannot ${what}`, {
    hint: "only a human can; ask with an approval or a message",
  });
}

/** @throws {ConductorError} `auth.refused` for an agent, and for people beside the owner. */
export function requireOwner(caller: Caller, what: string): void {
  requireHuman(caller, what);
  if (caller.kind === "human" && caller.name === undefined) return;
  throw new ConductorError("auth.refused", `only the owner can ${what}`, {
    hint: "the owner's token is the file `token` of the conductor home",
  });
}

function missing(message: string): ConductorError {
  return new ConductorError("auth.missing", message, {
    hint: "the human's token is in the file `token` of the conductor home",
  });
}
