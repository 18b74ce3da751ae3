/** What one route of the REST interface is: the door checks calls by it, and the OpenAPI document is made of it. */
import { z } from "zod";
import type { ErrorCode } from "../../base/errors.ts";

/** Whose token: a person's, an agent's own, one that only looks. */
export type Scope = "human" | "agent" | "read";

export interface Route {
  readonly method: "GET" | "POST";
  /** With `:name` where a part of it is filled in. */
  readonly path: string;
  /** What a caller does by it, as an imperative: a refusal says that the caller cannot. */
  readonly summary: string;
  readonly about?: string;
  /** Who may call it; nobody named: everybody, without a token. */
  readonly scopes: readonly Scope[];
  /** Of people only the one who bears the token file. */
  readonly isOwners?: boolean;
  /** Not from inside an agent's pane, whatever token is shown. */
  readonly isFromOutside?: boolean;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  /** Of the body; JSON unless told. */
  readonly takes?: string;
  readonly maxBytes?: number;
  readonly response: z.ZodType;
  /** Of the response; JSON unless told. */
  readonly gives?: string;
  /** No content is an answer, too. */
  readonly canBeEmpty?: boolean;
  /** Besides those that every route can answer with. */
  readonly errors: readonly ErrorCode[];
}
export type Api = Readonly<Record<string, Route>>;

export const ANYONE: readonly Scope[] = ["human", "agent", "read"];
export const ACTORS: readonly Scope[] = ["human", "agent"];
export const VIEWERS: readonly Scope[] = ["human", "read"];
export const PEOPLE: readonly Scope[] = ["human"];
export const AGENTS: readonly Scope[] = ["agent"];

const none = z.strictObject({});

/** What most routes of a method have in common. */
export const GET = { method: "GET" as const, scopes: ANYONE, query: none, body: none };
export const POST = { method: "POST" as const, scopes: PEOPLE, query: none, body: none };

/** A path of the contract as a pattern: its parts are encoded there, and a pattern's colon must not be. */
export function pattern(path: string): string {
  return path.replaceAll("%3A", ":");
}

/** `?all=1` */
export const flag = z.stringbool().default(false);

/** Milliseconds that a call waits at most for what it asks for. */
export const waitOf = (maxMs: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(0).max(maxMs).default(0);

export const HOUR_MS = 60 * 60_000;
