/** Names of schemas in the OpenAPI document, where a reader and a generated client see them. */
import { z } from "zod";
import { agentCard, agentView, finding } from "../agents.ts";
import { actionTarget, approvalAction, approvalView } from "../approvals.ts";
import { profileView, providerView } from "../catalog.ts";
import { decisionView } from "../decisions.ts";
import { daemonView, journalEvent, problem } from "../events.ts";
import { attemptView, autoView, taskWhy } from "../execution.ts";
import { grantView } from "../grants.ts";
import { handoffView } from "../handoffs.ts";
import { messageView } from "../messages.ts";
import { notificationView, notifyRuleView } from "../notify.ts";
import { sessionView } from "../sessions.ts";
import { evidence } from "../status.ts";
import { taskView } from "../tasks.ts";
import { launchOutcome, terminalView, turn, whyView } from "../terminals.ts";

const named: Readonly<Record<string, z.ZodType>> = {
  Agent: agentView,
  AgentCard: agentCard,
  Approval: approvalView,
  ApprovalAction: approvalAction,
  ApprovalTarget: actionTarget,
  Attempt: attemptView,
  Auto: autoView,
  Daemon: daemonView,
  Decision: decisionView,
  Event: journalEvent,
  Evidence: evidence,
  Finding: finding,
  Grant: grantView,
  Handoff: handoffView,
  LaunchOutcome: launchOutcome,
  Message: messageView,
  Notification: notificationView,
  NotifyRule: notifyRuleView,
  Problem: problem,
  Profile: profileView,
  Provider: providerView,
  Session: sessionView,
  StatusExplanation: whyView,
  Task: taskView,
  TaskExplanation: taskWhy,
  Terminal: terminalView,
  Turn: turn,
};

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema 2020-12, and what it refers to by name. */
export class SchemaWriter {
  readonly components: Record<string, JsonSchema> = {};
  readonly #names = z.registry<{ id: string }>();

  constructor() {
    for (const [id, schema] of Object.entries(named)) this.#names.add(schema, { id });
  }

  /** @param io  as it is sent by a caller, or as it comes back */
  write(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const {
      $schema: _version,
      $defs,
      ...own
    } = z.toJSONSchema(schema, {
      io,
      metadata: this.#names,
      unrepresentable: "any",
    });
    for (const [id, definition] of Object.entries($defs ?? {}))
      this.components[id] = record(inComponents(definition));
    return record(inComponents(own));
  }
}

function inComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inComponents);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === "id" && typeof inner === "string" && inner in named) return [];
      if (key === "$ref" && typeof inner === "string")
        return [[key, inner.replace("#/$defs/", "#/components/schemas/")]];
      return [[key, inComponents(inner)]];
    }),
  );
}

function record(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
