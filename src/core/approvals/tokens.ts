import type { Instant } from "../../base/clock.ts";
import type { TokenScope, TokenView } from "../../contract/tokens.ts";

/** Who bears the token that is a file of the home. */
export const OWNER = "owner";

/** Tokens beside the owner's and the agents' own; known by digest only. */
export interface TokenStore {
  /** @throws {ConductorError} `name.taken` */
  add(
    made: { readonly name: string; readonly scope: TokenScope; readonly digest: string },
    now: Instant,
  ): Promise<TokenView>;
  list(): Promise<readonly TokenView[]>;
  /** @throws {ConductorError} `not_found` */
  remove(name: string): Promise<TokenView>;
  bearerOf(digest: string): TokenView | undefined;
}
