/** Which terminal a person means. Pure. */
import { ConductorError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { Terminal } from "./terminal.ts";

/** By a unique beginning of an id, `session/name`, or a name; live ones win over ended ones. */
export function findTerminal(all: readonly Terminal[], ref: string): Terminal {
  const live = all.filter((terminal) => terminal.isLive);
  const named = ({ record }: Terminal): boolean =>
    record.name === ref || `${record.session}/${record.name}` === ref;
  const running = live.filter(named);
  if (running.length > 1) throw ambiguous(ref, running);
  const found = running[0] ?? newest(all.filter(named));
  if (found !== undefined) return found;
  const begun = ref.startsWith("t_") ? all.filter(({ record }) => record.id.startsWith(ref)) : [];
  const [only, more] = begun;
  if (more !== undefined) throw ambiguous(ref, begun);
  if (only !== undefined) return only;
  const names = live.map(({ record }) => record.name);
  throw new ConductorError("not_found", `no terminal is called ${ref}`, {
    hint: `${didYouMean(ref, names)}\`conductor ls --all\` lists every terminal`,
  });
}

function newest(found: readonly Terminal[]): Terminal | undefined {
  return found.toSorted((one, other) => other.record.createdAt - one.record.createdAt)[0];
}

function ambiguous(ref: string, found: readonly Terminal[]): ConductorError {
  const names = found.map((one) => `${one.record.session}/${one.record.name}`);
  return new ConductorError("name.ambiguous", `${ref} could be ${names.join(" or ")}`, {
    hint: "write session/name",
  });
}
