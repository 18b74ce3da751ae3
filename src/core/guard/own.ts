/** What a call does to the guard itself, told by its words alone, whichever program it is. */
import type { Call } from "./call.ts";

/** Its socket, and what only a human may ask there. */
const DOOR =
  /conductor[^\s,'"]*\.sock|\/api\/v1\/(approvals\/[^/\s]+\/verdict|grants\/|tokens|policy\/|terminals\/[^/\s]+\/input|daemon\/stop|shutdown)/;
const CONNECTS =
  /^(curl|wget|https?|xh|nc|ncat|netcat|socat|node|deno|bun|python[\d.]*|perl|ruby|php)$/;
const TO_PROCESSES = /^(kill|strace|ltrace|gdb|lldb|reptyr|renice|prlimit)$/;
/** The CLI by its file, with what is for humans. */
const BY_FILE =
  /conductor\/(dist|bin|src)\/\S+ (approve|deny|grants|policy (trust|override)|token|shutdown|daemon)\b/;

export function touchOnGuard(call: Call): string | undefined {
  const { name, args, place } = call;
  const texts = args.map((arg) => arg.text);
  const pids = place.guardPids ?? [];
  if (TO_PROCESSES.test(name) && texts.some((text) => pids.includes(Math.abs(Number(text)))))
    return `${name} on the guard's own process`;
  if (CONNECTS.test(name) && [...texts, call.stdin.text ?? ""].some((text) => DOOR.test(text)))
    return "talks to the guard as a human does";
  if (BY_FILE.test(texts.join(" "))) return `${name} decides what is for a human`;
  if (name === "patch" && args.some((arg) => call.target(arg).guarded))
    return "patches the guard's own files";
  if (name === "exec" && /^-[a-z]*c/.test(texts[0] ?? ""))
    return "exec -c takes the guard's variables away";
  return undefined;
}
