import { setImmediate } from "node:timers/promises";

/** So many that a piece takes milliseconds. */
export const PIECE = 200;

/** As `map`, but all else has its turn between two pieces; what fits into one is done at once. */
export async function mapInPieces<In, Out>(
  items: readonly In[],
  map: (item: In) => Out,
): Promise<Out[]> {
  const mapped: Out[] = [];
  for (const item of items) {
    if (mapped.length > 0 && mapped.length % PIECE === 0) await setImmediate();
    mapped.push(map(item));
  }
  return mapped;
}
