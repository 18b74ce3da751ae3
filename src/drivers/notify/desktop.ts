/** A notification of the desktop, by the program that the system has for it. */
import { execa } from "execa";
import type { Attempt } from "../../core/notify/index.ts";

const DEADLINE_MS = 10_000;

/** The texts are arguments: none of it is read as a script. */
const SCRIPT = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
].flatMap((line) => ["-e", line]);

export async function notifyDesktop(
  { title, body }: { readonly title: string; readonly body: string },
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Attempt> {
  const isMac = process.platform === "darwin";
  const [file, args] = isMac
    ? ["osascript", [...SCRIPT, title, body]]
    : ["notify-send", ["--app-name=conductor", "--", title, markupLiteral(body)]];
  const ran = await execa(file, args, {
    reject: false,
    timeout: DEADLINE_MS,
    cancelSignal: signal,
    env,
    extendEnv: false,
    stdin: "ignore",
  });
  if (!ran.failed) return { kind: "told" };
  if (ran.code === "ENOENT") return { kind: "refused", error: `${file} is not installed` };
  const said = ran.stderr.trim().split("\n").at(-1) ?? "";
  return { kind: "failed", error: `${file}: ${said === "" ? ran.shortMessage : said}` };
}

/** Notification servers may read a body as Pango markup. */
function markupLiteral(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
