import { z } from "zod";
import { routes } from "../routes.ts";
import { tokenMade, tokenRequest, tokenView } from "../tokens.ts";
import { type Api, GET, PEOPLE, POST, pattern } from "./route.ts";

export const tokenApi = {
  listTokens: {
    ...GET,
    path: routes.tokens,
    summary: "Read who has a token",
    scopes: PEOPLE,
    response: z.array(tokenView),
    errors: [],
  },
  createToken: {
    ...POST,
    path: routes.tokens,
    summary: "Make tokens",
    about:
      "The token is told this once; only its digest is kept. Agents have tokens of their own, which end with their terminals.",
    isOwners: true,
    isFromOutside: true,
    body: tokenRequest,
    response: tokenMade,
    errors: ["name.taken"],
  },
  revokeToken: {
    ...POST,
    path: pattern(routes.revokeToken(":name")),
    summary: "Revoke tokens",
    isOwners: true,
    isFromOutside: true,
    response: tokenView,
    errors: ["not_found"],
  },
} satisfies Api;
