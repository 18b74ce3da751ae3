/** The locks before every route, in order: Host, Origin, Sec-Fetch-Site. (Then the token.) */
import { ConductorError } from "../../base/errors.ts";

export interface RequestFacts {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly overUnixSocket: boolean;
}

/**
 * Refuses what a web page of another origin could send (DNS rebinding, cross-port requests).
 * @throws {ConductorError} `auth.refused`
 */
export function guardRequest(facts: RequestFacts, port: number): void {
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (!facts.overUnixSocket && !allowed.includes(facts.host ?? "")) {
    throw new ConductorError(
      "auth.refused",
      `host ${JSON.stringify(facts.host ?? "")} is not this daemon`,
    );
  }
  if (facts.origin !== undefined && !allowed.some((host) => facts.origin === `http://${host}`)) {
    throw new ConductorError("auth.refused", "a page of another origin cannot call this daemon");
  }
  if (facts.fetchSite !== undefined && !["same-origin", "none"].includes(facts.fetchSite)) {
    throw new ConductorError("auth.refused", "a page of another site cannot call this daemon");
  }
}
