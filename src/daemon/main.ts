export function runDaemon(_argv: readonly string[]): Promise<number> {
  return Promise.reject(new Error("the daemon is not there yet"));
}
