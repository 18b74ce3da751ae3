import { dirname, join } from "node:path";
import type { Context } from "./context.ts";

/** A folder that ships with the product: it has the same depth below `src` and `dist`. */
export function bundledFolder(
  context: Context,
  name: "bin" | "providers" | "profiles" | "policies",
): string {
  return join(dirname(context.host.main), "..", name);
}
