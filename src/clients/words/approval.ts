/** What there is to say of a question, in the words of every client. */
import type { Instant } from "../../base/clock.ts";
import type { ActionTarget, ApprovalView } from "../../contract/approvals.ts";

export interface About {
  readonly label: string;
  readonly text: string;
}

/** Why it is asked, by which rule, what it would do, what is safer, and what a yes could cover. */
export function aboutAction(approval: ApprovalView): About[] {
  const { why, rules, targets = [], instead, onceOnly } = approval.action;
  const mayGrant = approval.state === "pending" && approval.origin === "api";
  const said: readonly (readonly [string, string | null | undefined])[] = [
    ["vote", voteInWords(approval)],
    ["why", why],
    ["rule", rules?.join(", ")],
    ...targets.map((target) => ["does", targetInWords(target)] as const),
    ["safer", instead],
    ["once only", mayGrant ? onceOnly : undefined],
  ];
  return said.flatMap(([label, text]) => (text ? [{ label, text }] : []));
}

/** `deletes /w/src (in the workspace, 14 files)` */
function targetInWords(target: ActionTarget): string {
  const about = [placeInWords(target), ...isInWords(target)].filter((word) => word !== "");
  return about.length === 0 ? target.says : `${target.says} (${about.join(", ")})`;
}

function placeInWords({ place }: ActionTarget): string {
  if (place === undefined) return "";
  return place === "workspace" ? "in the workspace" : "OUTSIDE the workspace";
}

function isInWords({ is, files = 0, isMore }: ActionTarget): string[] {
  if (is === undefined) return [];
  if (is === "nothing") return ["not there now"];
  if (is !== "folder") return [`a ${is}`];
  if (isMore === true) return [`${files} files and more`];
  return [files === 0 ? "an empty folder" : `${files} file${files === 1 ? "" : "s"}`];
}

/** `1 of 2 said yes: alice`; undefined where one person is enough. */
function voteInWords({ vote }: ApprovalView): string | undefined {
  if (vote === undefined) return undefined;
  const { quorum, yes, no } = vote;
  const against = no.length === 0 ? "" : `; no: ${no.join(", ")}`;
  const who = yes.length === 0 ? "" : `: ${yes.join(", ")}`;
  return `${yes.length} of ${quorum} people said yes${who}${against}`;
}

/** What "always" allows, to the word. */
export function grantInWords({ terminalName, action }: ApprovalView, until: Instant): string {
  const files = action.files?.length ?? 0;
  const unchanged =
    files === 0
      ? ""
      : `, as long as ${files === 1 ? "the file" : `the ${files} files`} it names stay as they are`;
  const where = action.cwd === null ? "" : ` in ${action.cwd}`;
  return `${terminalName ?? "the agent"} may run exactly this${where} without asking${unchanged}, until ${dayTime(until)}`;
}

/** `Sat 28 Nov 12:03` on this machine's wall. */
function dayTime(at: Instant): string {
  const date = new Date(at);
  const [day = "", month = ""] = date.toDateString().split(" ");
  return `${day} ${date.getDate()} ${month} ${date.toTimeString().slice(0, 5)}`;
}
