const STEP_MS = 20;
const LINE = `flood ${"0123456789".repeat(9)} \r\n`;

/** Writes lines at a rate for a time; what the terminal cannot take in time is left out, not made up for. */
export function startFlood(
  write: (data: string) => void,
  flood: { readonly megabytesPerSecond: number; readonly seconds: number },
  done: () => void,
): () => void {
  const bytesPerStep = (flood.megabytesPerSecond * 1e6 * STEP_MS) / 1000;
  const block = LINE.repeat(Math.max(1, Math.round(bytesPerStep / LINE.length)));
  const endsAt = performance.now() + flood.seconds * 1000;
  const timer = setInterval(() => {
    if (performance.now() >= endsAt) {
      clearInterval(timer);
      done();
    } else write(block);
  }, STEP_MS);
  return () => clearInterval(timer);
}
