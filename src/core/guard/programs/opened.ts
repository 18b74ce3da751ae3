/** What reading a file gives, and what it tells about the file. */
import type { Call } from "../call.ts";
import { reading } from "../deeds.ts";
import { type Field, FROM_FILE, literal, type Stream } from "../field.ts";
import { tell } from "./deleters.ts";

export function mixed(streams: readonly Stream[]): Stream {
  const remote = streams.some((one) => one.origin === "remote");
  return { origin: remote ? "remote" : "file", secret: streams.some((one) => one.secret) };
}

/** They show what files are called and how large they are, and nothing of what is in them. */
const NAMES_ONLY =
  /^(ls|ll|dir|exa|eza|lsd|tree|stat|du|df|dust|gdu|ncdu|duf|realpath|readlink|namei|getfacl|lsattr|lsof|file)$/;

export function opened(call: Call, file: Field): Stream {
  if (file.stream !== undefined) return file.stream;
  if (file.text === "-") return call.stdin;
  const named = call.target(file);
  const to = NAMES_ONLY.test(call.name) ? { ...named, secret: false } : named;
  if (to.path !== "") tell(call, reading(to));
  if (to.path === "/dev/null") return literal("");
  const made = call.scope.made.files.get(to.path) ?? FROM_FILE;
  return to.secret ? { ...made, secret: true } : made;
}
