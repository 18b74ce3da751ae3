/** What a CLI says of its version; it may print it and never leave, as when it waits for a network. */
import { execa } from "execa";

const DEADLINE_MS = 10_000;

export interface CliVersion {
  /** Null where it says none that we can read. */
  readonly version: string | null;
  /** Why it does not run; null where it does. */
  readonly unavailable: string | null;
}

export async function readCliVersion(
  binary: string,
  how: { readonly args: readonly string[]; readonly match: RegExp },
  env: Readonly<Record<string, string>>,
): Promise<CliVersion> {
  const child = execa(binary, how.args, {
    env: { ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    all: true,
    timeout: DEADLINE_MS,
    maxBuffer: 100_000,
  });
  let text = "";
  child.all.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    // Of a line that is not whole the last digits may be missing.
    if (how.match.test(text.slice(0, text.lastIndexOf("\n") + 1))) child.kill();
  });
  const { failed, timedOut, shortMessage } = await child;
  const version = how.match.exec(text)?.[1] ?? null;
  if (version !== null || !failed) return { version, unavailable: null };
  const said = text.trim().split("\n").at(-1) ?? "";
  const why = timedOut
    ? `no answer within ${DEADLINE_MS / 1_000} s`
    : said || (shortMessage ?? "it failed");
  return { version, unavailable: `${[binary, ...how.args].join(" ")}: ${why.slice(0, 300)}` };
}
