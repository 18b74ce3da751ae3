/** Which rules hold for an event. */
import { ConductorError, describeError } from "../../base/errors.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { NotifyRule } from "../../contract/notify.ts";
import { createConditions } from "../conditions/index.ts";

const compile = createConditions({
  /** Its type: CEL has another `type`. */
  event: "string",
  subject: "string",
  actor: "string",
  time: "google.protobuf.Timestamp",
  data: "map<string, dyn>",
});

export interface Rules {
  /** Some rule may want such an event. */
  mayWant(type: string): boolean;
  of(event: JournalEvent): readonly NotifyRule[];
}

/** @throws {ConductorError} `config.invalid`, naming the rule whose condition is wrong */
export function compileRules(rules: readonly NotifyRule[]): Rules {
  const compiled = rules.map((rule) => {
    const globs = [rule.on].flat().map(globOf);
    const isOn = (type: string): boolean => globs.some((glob) => glob.test(type));
    return { rule, isOn, holds: conditionOf(rule) };
  });
  // What tells of notifications would never end.
  const isOurs = (type: string): boolean => type.startsWith("notification.");
  return {
    mayWant: (type) => !isOurs(type) && compiled.some(({ isOn }) => isOn(type)),
    of: (event) =>
      isOurs(event.type)
        ? []
        : compiled.flatMap(({ rule, isOn, holds }) =>
            isOn(event.type) && holds(event) ? [rule] : [],
          ),
  };
}

function globOf(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
}

/** What cannot be evaluated, as a field that the event does not have, does not hold. */
function conditionOf({ name, when }: NotifyRule): (event: JournalEvent) => boolean {
  if (when === undefined) return () => true;
  try {
    const condition = compile(when);
    return ({ type, subject, actor, time, data }) =>
      condition({ event: type, subject, actor, time: new Date(time), data }) ?? false;
  } catch (error) {
    const told = describeError(error);
    throw new ConductorError("config.invalid", `notify: the rule ${name}: when: ${told}`, {
      cause: error,
      hint: "it may speak of event, subject, actor, time and data",
    });
  }
}
