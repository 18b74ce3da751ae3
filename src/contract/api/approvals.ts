import { z } from "zod";
import { approvalRequest, approvalView, verdict } from "../approvals.ts";
import { grantView } from "../grants.ts";
import { routes } from "../routes.ts";
import { ACTORS, type Api, flag, GET, HOUR_MS, POST, pattern, VIEWERS, waitOf } from "./route.ts";

export const approvalApi = {
  listApprovals: {
    ...GET,
    path: routes.approvals,
    summary: "List approvals",
    about: "What is pending; with `all` what is settled too.",
    query: z.strictObject({ all: flag }),
    response: z.array(approvalView),
    errors: [],
  },
  requestApproval: {
    ...POST,
    path: routes.approvals,
    summary: "Request an approval",
    about:
      "Stored first, then waited for up to `waitMs`; a caller that goes away makes it `abandoned`. An agent asks for itself, whatever it names.",
    scopes: ACTORS,
    query: z.strictObject({ waitMs: waitOf(24 * HOUR_MS) }),
    body: approvalRequest,
    response: approvalView,
    errors: ["not_found", "name.ambiguous"],
  },
  showApproval: {
    ...GET,
    path: pattern(routes.approval(":ref")),
    summary: "Show an approval",
    response: approvalView,
    errors: ["not_found", "name.ambiguous"],
  },
  decideApproval: {
    ...POST,
    path: pattern(routes.decideApproval(":ref")),
    summary: "Decide approvals",
    about:
      "The first verdict holds. With `hash`, only while the question is the one that was shown.",
    isFromOutside: true,
    body: verdict,
    response: approvalView,
    errors: [
      "not_found",
      "name.ambiguous",
      "approval.decided",
      "approval.changed",
      "approval.unanswered",
      "pane.not_ready",
    ],
  },
  listGrants: {
    ...GET,
    path: routes.grants,
    summary: "List grants",
    scopes: VIEWERS,
    response: z.array(grantView),
    errors: [],
  },
  revokeGrant: {
    ...POST,
    path: pattern(routes.revokeGrant(":ref")),
    summary: "Revoke grants",
    isFromOutside: true,
    response: grantView,
    errors: ["not_found", "name.ambiguous"],
  },
} satisfies Api;
