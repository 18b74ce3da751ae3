/** From one screen to what the agent does. Pure: no clock, no history, no memory between two calls. */
import type { StatusDetail, StatusName } from "../../contract/status.ts";
import { lastAnswer } from "./answer.ts";
import type { ProviderDefinition } from "./definition.ts";
import { readDialog, type SeenDialog } from "./dialogs.ts";
import { type Conditions, holds, type ScreenInput, type View, viewOf } from "./view.ts";

export interface Detection {
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly composer: "empty" | "draft" | "unknown";
  /** What stands in the composer, so that a draft can be told from a text of ours. */
  readonly composerText?: string;
  /** The id of the rule that decided. */
  readonly rule: string;
  readonly source: "title" | "screen" | "process" | "none";
  /** What it says of the limit it has reached. */
  readonly notice?: string;
  readonly lastMessage?: string;
  readonly dialog?: SeenDialog;
}

const SHELLS = new Set(["bash", "zsh", "sh", "dash", "fish", "ksh", "ash"]);
/** What tmux writes into a pane with remain-on-exit. */
const DEAD_PANE = /^Pane is dead(?: \(.*\))?$/;

export function detect(definition: ProviderDefinition, input: ScreenInput): Detection {
  const view = viewOf(input, definition);
  const death = processEvidence(definition, view);
  const verdict = death ?? ruleEvidence(definition, view) ?? NOTHING;
  const answer = lastAnswer(view, definition);
  return { ...verdict, ...(answer === undefined ? {} : { lastMessage: answer }) };
}

const NOTHING: Detection = {
  status: "unknown",
  detail: "",
  composer: "unknown",
  rule: "none",
  source: "none",
};

/** The process outranks all that the screen may still show. */
function processEvidence(definition: ProviderDefinition, view: View): Detection | undefined {
  const { dead, command } = view.input;
  const gone = (rule: string): Detection => ({
    ...NOTHING,
    status: "exited",
    rule,
    source: "process",
  });
  if (dead === true) return gone("dead");
  if (DEAD_PANE.test(view.screen.lines.at(-1) ?? "")) return gone("pane-is-dead");
  if (command === undefined || !SHELLS.has(command)) return undefined;
  return definition.foreground.includes(command) ? undefined : gone("shell-in-front");
}

type Candidate =
  | { readonly kind: "rule"; readonly rule: ProviderDefinition["rules"][number] }
  | { readonly kind: "dialog"; readonly rule: ProviderDefinition["dialogs"][number] };

const ordered = new WeakMap<ProviderDefinition, readonly Candidate[]>();

/** Highest priority first; dialogs before rules of the same priority, then as written. */
function candidatesOf(definition: ProviderDefinition): readonly Candidate[] {
  const kept = ordered.get(definition);
  if (kept !== undefined) return kept;
  const made = [
    ...definition.dialogs.map((rule): Candidate => ({ kind: "dialog", rule })),
    ...definition.rules.map((rule): Candidate => ({ kind: "rule", rule })),
  ].toSorted((a, b) => b.rule.priority - a.rule.priority);
  ordered.set(definition, made);
  return made;
}

function ruleEvidence(definition: ProviderDefinition, view: View): Detection | undefined {
  for (const { kind, rule } of candidatesOf(definition)) {
    if (!holds(rule, view)) continue;
    if (kind === "dialog")
      return {
        status: "waiting",
        detail: rule.detail,
        composer: "unknown",
        rule: rule.id,
        source: "screen",
        dialog: readDialog(rule, view),
      };
    // While another program is in front, what was typed last still stands there: it is no draft.
    const isInFront = rule.inFront !== false;
    const takesInput = isInFront && (rule.status === "idle" || rule.status === "working");
    const text = takesInput ? view.composer?.text : undefined;
    const notice = rule.detail === "limited" ? noticeOf(rule, view) : undefined;
    return {
      ...(text === undefined ? {} : { composerText: text }),
      ...(notice === undefined ? {} : { notice }),
      status: rule.status,
      detail: rule.detail,
      composer: takesInput ? (view.composer?.state ?? "unknown") : "unknown",
      rule: rule.id,
      source: rule.in.name === "title" ? "title" : "screen",
    };
  }
  return undefined;
}

/** Group `retry` of the rule, or all that it matches. */
function noticeOf({ in: region, match }: Conditions, view: View): string | undefined {
  if (match === undefined) return undefined;
  const found =
    match instanceof RegExp ? match.exec(view.text(region)) : match.match.exec(view.text(match.in));
  return found?.groups?.["retry"] ?? found?.[0];
}
