// Sizes. A window nobody looks at has the session's size. While a person's view shows it, tmux itself keeps
// it at the size of the view that was used last (`window-size latest`), so that a terminal dragged wider is
// nobody's work here; what must be known is only whether anyone looks. An agent that shares its window with
// the side pane fills it while it is narrow. What was done to a window stands in its own option, so that the
// next daemon can undo it.
import {
  type Command,
  followViewers,
  keepSize,
  markFit,
  type Size,
  toggleZoom,
} from "./commands.ts";
import { FIT_OPTION } from "./facts.ts";

/** Below this an agent beside the side pane would have too few columns. */
const NARROW_COLUMNS = 140;

type Fit = "none" | "followed" | "zoomed";

export const CLIENTS_FORMAT =
  "#{client_control_mode}\t#{client_flags}\t#{window_id}\t#{session_id}";
export const SESSIONS_FORMAT = "#{session_id}\t#{session_name}";
export const WINDOWS_FORMAT = `#{window_id}\t#{window-size}\t#{window_width}\t#{window_panes}\t#{window_zoomed_flag}\t#{${FIT_OPTION}}`;

export interface WindowShape {
  readonly windowId: string;
  readonly isManual: boolean;
  readonly columns: number;
  readonly isShared: boolean;
  readonly isZoomed: boolean;
  readonly fit: Fit;
}

export const PEOPLE_FORMAT = "#{client_control_mode}\t#{client_name}";

/** Clients that are no program's. */
export function readPeople(reply: string): string[] {
  return reply.split("\n").flatMap((line) => {
    const [control, name = ""] = line.split("\t");
    return control === "0" && name !== "" ? [name] : [];
  });
}

/** Windows that people look at and want to fit their terminals. */
export function readViewed(reply: string): ReadonlySet<string> {
  const viewed = new Set<string>();
  for (const line of reply.split("\n")) {
    const [control, flags = "", windowId = ""] = line.split("\t");
    const isOurs = control !== "0" || flags.split(",").includes("ignore-size");
    if (!isOurs && windowId.startsWith("@")) viewed.add(windowId);
  }
  return viewed;
}

/** How the names of a session's views begin. */
export function viewPrefix(session: string): string {
  return `${session}-view-`;
}

/** The session's views that nobody is attached to any more. */
export function leftViews(session: string, sessions: string, clients: string): readonly string[] {
  const attached = new Set(clients.split("\n").map((line) => line.split("\t")[3]));
  return sessions.split("\n").flatMap((line) => {
    const [id = "", name = ""] = line.split("\t");
    return name.startsWith(viewPrefix(session)) && !attached.has(id) ? [id] : [];
  });
}

export function readShapes(reply: string): readonly WindowShape[] {
  return reply.split("\n").flatMap((line) => {
    const [windowId = "", mode, columns, panes, zoomed, fit] = line.split("\t");
    if (!windowId.startsWith("@")) return [];
    return [
      {
        windowId,
        isManual: mode === "manual",
        columns: Number(columns),
        isShared: Number(panes) > 1,
        isZoomed: zoomed === "1",
        fit: fit === "followed" || fit === "zoomed" ? fit : "none",
      },
    ];
  });
}

/** What makes an agent's window fit whoever looks at it; nothing where it does already. */
export function fitWindow(
  shape: WindowShape,
  isViewed: boolean,
  { paneId, home }: { readonly paneId: string; readonly home: Size },
): readonly Command[] {
  const { windowId, fit, isZoomed } = shape;
  const unzoom = fit === "zoomed" && isZoomed ? [toggleZoom(paneId)] : [];
  if (!isViewed) {
    if (shape.isManual && fit === "none") return [];
    return [...unzoom, markFit(windowId, ""), keepSize(windowId, home)];
  }
  const follow = fit === "none" ? [markFit(windowId, "followed"), followViewers(windowId)] : [];
  const isNarrow = shape.columns < NARROW_COLUMNS;
  if (shape.isShared && isNarrow && fit !== "zoomed") {
    return [...follow, ...(isZoomed ? [] : [toggleZoom(paneId)]), markFit(windowId, "zoomed")];
  }
  if (!isNarrow && fit === "zoomed") return [...unzoom, markFit(windowId, "followed")];
  return follow;
}
