import type * as nodePty from "node-pty";

export type NodePty = typeof nodePty;

/** node-pty, or `undefined` where its native module was not built or does not fit this Node. */
export async function loadNodePty(): Promise<NodePty | undefined> {
  try {
    return await import("node-pty");
  } catch {
    return undefined;
  }
}
