import { z } from "zod";
import { humanRequest, humanView, humanWithToken } from "../humans.ts";
import { routes } from "../routes.ts";
import { type Api, GET, PEOPLE, POST, pattern } from "./route.ts";

export const tokenApi = {
  listTokens: {
    ...GET,
    path: routes.humans,
    summary: "Read who has a token",
    scopes: PEOPLE,
    response: z.array(humanView),
    errors: [],
  },
  createToken: {
    ...POST,
    path: routes.humans,
    summary: "Make tokens",
    about: "The token is told this once; only its digest is kept.",
    isOwners: true,
    isFromOutside: true,
    body: humanRequest,
    response: humanWithToken,
    errors: ["name.taken"],
  },
  revokeToken: {
    ...POST,
    path: pattern(routes.revokeHuman(":name")),
    summary: "Revoke tokens",
    isOwners: true,
    isFromOutside: true,
    response: humanView,
    errors: ["not_found"],
  },
} satisfies Api;
