/** What a change to a place, or a look into it, amounts to. */
import { assertNever } from "../../base/errors.ts";
import type { Fact } from "./facts.ts";
import { isStateOfAgents } from "./known-paths.ts";
import type { Target } from "./paths.ts";

export function reading(target: Target): Fact {
  const path = target.path;
  if (target.secret) return { deed: "read-secret", note: `reads ${path}`, path };
  return { deed: "read", note: `reads ${path}`, path };
}

/** `emptied`: nothing of what was there is left, and nothing comes in its place. */
export function writing(target: Target, how: { emptied?: boolean } = {}): Fact {
  const { path, area } = target;
  const fact = (deed: Fact["deed"], says: string): Fact => ({
    deed,
    note: `${says} ${path}`.trim(),
    path,
  });
  if (target.guarded) return fact("guard-tamper", "changes");
  if (target.persistence) return fact("persistence", "changes");
  if (area === "outside" && isStateOfAgents(path)) return fact("write", "writes");
  switch (area) {
    case "nowhere":
    case "scratch":
    case "regenerable":
      return fact("write", "writes");
    case "workspace-root":
    case "workspace":
      if (target.startup) return fact("write-startup", "changes");
      return how.emptied === true
        ? fact("overwrite-workspace", "empties")
        : fact("write", "writes");
    case "scratch-root":
      return fact("write", "writes below");
    case "device":
      return fact("disk-destroy", "writes to the device");
    case "network":
      return fact("send-data", "writes to");
    case "system":
      return fact("write-system", "writes");
    case "unresolved":
      return fact("write-unresolved", "writes to a place that is not known");
    case "outside":
      if (how.emptied === true && !target.startup) return fact("delete-outside", "empties");
      return fact(target.startup ? "write-startup" : "write-outside", "writes");
    default:
      return assertNever(area);
  }
}

export function deleting(target: Target, how: { recursive: boolean }): Fact {
  const { path, area } = target;
  const what = path;
  const fact = (deed: Fact["deed"], says = `deletes ${what}`): Fact => ({ deed, note: says, path });
  if (target.guarded) return fact("guard-tamper");
  switch (area) {
    case "nowhere":
      return fact("read", "nothing to delete");
    case "regenerable":
    case "scratch":
      return fact("delete-regenerable");
    case "scratch-root":
      return fact("delete-workspace", `deletes what others keep in ${path}`);
    case "workspace-root":
    case "workspace":
      return fact("delete-workspace");
    case "unresolved":
    case "network":
      return fact("delete-unresolved", "deletes a target that is not known beforehand");
    case "device":
      return fact("disk-destroy");
    case "outside":
    case "system":
      return fact(
        "delete-outside",
        how.recursive ? `deletes ${what} with all below` : `deletes ${what}`,
      );
    default:
      return assertNever(area);
  }
}
