import { readFileSync } from "node:fs";
import { join } from "node:path";

const SETTING = /^[ \t]*set(?:-option)?[ \t]+(?:-[a-zA-Z]+[ \t]+)*prefix[ \t]+(.+?)[ \t]*$/gm;
const KEY = /^(?:[CM]-)+(?:[A-Za-z0-9]|Space|[\]\\^_])$|^F[0-9]{1,2}$|^`$/;

/** The prefix that a tmux configuration sets, the last one; `undefined` where it sets none that we know. */
export function readPrefix(configuration: string): string | undefined {
  const keys = [...configuration.matchAll(SETTING)].map(([, value = ""]) =>
    value.replace(/[ \t]+#.*$/, "").replaceAll(/^["']|["']$/g, ""),
  );
  return keys.findLast((key) => KEY.test(key));
}

/** A person's own prefix, so that their hands find it in our sessions too; by the files tmux itself reads. */
export function userPrefix(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env["HOME"];
  if (home === undefined) return undefined;
  const folder = env["XDG_CONFIG_HOME"] ?? join(home, ".config");
  const files = [join(home, ".tmux.conf"), join(folder, "tmux", "tmux.conf")];
  return files.reduce<string | undefined>(
    (last, file) => readPrefix(read(file)) ?? last,
    undefined,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
