/** Terminals as they are shown, with what is counted of them. */
import type { TerminalView } from "../../contract/terminals.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Services } from "../services.ts";
import { terminalView } from "../views.ts";

const LOST_LATELY_MS = 24 * 60 * 60_000;

/** What runs, and what was lost lately: nobody ended that, and launched again it comes back. */
export function present({ terminals, clock }: Services): Terminal[] {
  const isLostLately = ({ status }: Terminal): boolean =>
    status.status === "lost" && clock.now() - status.since < LOST_LATELY_MS;
  return terminals.all().filter((terminal) => terminal.isLive || isLostLately(terminal));
}

export async function views(
  services: Services,
  shown: readonly Terminal[],
): Promise<TerminalView[]> {
  const [unread, pending] = await Promise.all([
    services.messages.unread(),
    services.approvals.pending(),
  ]);
  return shown.map((terminal) => terminalView(terminal, { unread, pending }));
}

export async function view(services: Services, terminal: Terminal): Promise<TerminalView> {
  const [unread, pending] = await Promise.all([
    services.messages.unread(),
    services.approvals.pending(),
  ]);
  return terminalView(terminal, { unread, pending });
}
