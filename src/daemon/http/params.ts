/** A route of the contract as a pattern: its parts are encoded there, and a pattern's colon must not be. */
export function pattern(route: string): string {
  return route.replaceAll("%3A", ":");
}

/** A whole number from the query, within bounds; the default where it is absent or not a number. */
export function queryNumber(
  text: string | undefined,
  bounds: { readonly fallback: number; readonly max: number },
): number {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, bounds.max) : bounds.fallback;
}
