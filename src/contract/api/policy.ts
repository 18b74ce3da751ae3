import { z } from "zod";
import { decisionEffect, decisionView } from "../decisions.ts";
import { overrideOutcome, overrideRemoval, overrideRequest } from "../policy.ts";
import { routes } from "../routes.ts";
import { type Api, GET, POST, pattern, VIEWERS } from "./route.ts";

export const policyApi = {
  listDecisions: {
    ...GET,
    path: routes.decisions,
    summary: "Read decisions",
    about: "What the gate said, newest first. Secrets were taken out before they were stored.",
    scopes: VIEWERS,
    query: z.strictObject({
      terminal: z.string().optional(),
      effect: decisionEffect.optional(),
      since: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(0).max(10_000).default(100),
    }),
    response: z.array(decisionView),
    errors: ["not_found", "name.ambiguous"],
  },
  showDecision: {
    ...GET,
    path: pattern(routes.decision(":ref")),
    summary: "Read a decision",
    scopes: VIEWERS,
    response: decisionView,
    errors: ["not_found", "name.ambiguous"],
  },
  overrideRule: {
    ...POST,
    path: routes.overrides,
    summary: "Override rules",
    isOwners: true,
    isFromOutside: true,
    body: overrideRequest,
    response: overrideOutcome,
    errors: ["not_found", "policy.invalid"],
  },
  restoreRule: {
    ...POST,
    path: routes.restoreRule,
    summary: "Restore rules",
    isOwners: true,
    isFromOutside: true,
    body: overrideRemoval,
    response: overrideOutcome,
    errors: ["not_found", "policy.invalid"],
  },
} satisfies Api;
