/** What an agent asks by the Agent Client Protocol, as policy and humans answer it. */
import type { Terminal } from "../core/terminals/index.ts";
import type { Permission } from "./acp.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import type { Gatekeeper } from "./gatekeeper.ts";

export interface PermissionPorts {
  readonly gatekeeper: Pick<Gatekeeper, "judge" | "hasPass">;
  readonly desk: Pick<ApprovalDesk, "request" | "wait">;
  readonly waitMs: number;
}

/** A shell's text is judged like any other; all else that a CLI asks about is for a human to say. */
export async function permits(
  ports: PermissionPorts,
  terminal: Terminal,
  { asked, signal }: { readonly asked: Permission; readonly signal: AbortSignal },
): Promise<boolean> {
  const { id, cwd } = terminal.record;
  if (asked.command !== undefined) {
    const call = { source: "hook", text: asked.command, cwd } as const;
    // Its hook asked the same a moment ago.
    if (ports.gatekeeper.hasPass(call, terminal)) return true;
    const first = await ports.gatekeeper.judge(call, terminal);
    const ruling = first.kind === "wait" ? await first.settled(signal) : first;
    return ruling.kind === "allow";
  }
  const action = { kind: "tool", text: asked.text, cwd, why: "the agent's CLI asks" } as const;
  const caller = { kind: "agent", terminalId: id } as const;
  const approval = await ports.desk.request({ action }, caller, { isWaitedFor: true });
  const letGo = terminal.hold(`a call of its waits for approval #${approval.number}`);
  try {
    return (await ports.desk.wait(approval.id, ports.waitMs, signal)).state === "approved";
  } finally {
    letGo();
  }
}
