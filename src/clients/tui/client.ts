import type { ApprovalView } from "../../contract/approvals.ts";
import type { TerminalView } from "../../contract/terminals.ts";

export interface PanelVerdict {
  readonly verdict: "approve" | "deny";
  readonly reason?: string;
  /** With a yes: it holds for so long. */
  readonly grantMs?: number;
  /** Of the action as it stood on the screen. */
  readonly hash: string;
}

/** What the panel needs of the daemon; the link implements it. */
export interface PanelClient {
  /** Pending approvals; settled ones may be among them and tell who decided. */
  approvals(): Promise<readonly ApprovalView[]>;
  /** One approval in any state: asked for who was faster, where the refusal does not say. */
  approval?(id: string): Promise<ApprovalView>;
  terminals(): Promise<readonly TerminalView[]>;
  /** Rejects with `approval.decided` or `approval.changed` when the verdict came too late. */
  decide(id: string, verdict: PanelVerdict): Promise<ApprovalView>;
  /**
   * Yields when connected and after every change; what changed is fetched.
   * Ends or throws when the connection is lost; the panel then calls it again.
   */
  changes(signal: AbortSignal): AsyncIterable<void>;
}
