/** Where a connection leads, and whether what is given to it is a credential. */
import type { Call } from "../call.ts";
import { type Field, isKnown, type Stream, UNKNOWN } from "../field.ts";

export function ssay(call: Call, deed: Parameters<Call["report"]>[0], note: string): Stream {
  call.report(deed, `${call.name} ${note}`);
  return UNKNOWN;
}

export function isLocal(url: string): boolean {
  return (
    /^(https?:\/\/|wss?:\/\/)?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|[\w-]+\.(localhost|local|test))([:/?]|$)/i.test(
      url,
    ) || /^:\d+/.test(url)
  );
}

export function fileOf(of: Field): Field {
  const [, file] = /(?:^|=)[@<]([^;]+)/.exec(of.text) ?? [];
  return { ...of, text: file ?? "" };
}

export function isSecretFile(call: Call, file: Field): boolean {
  if (file.text === "") return false;
  if (file.text === "-" || file.text === ".") return call.stdin.secret;
  return (
    file.stream?.secret === true ||
    call.target(file).secret ||
    call.scope.made.files.get(call.target(file).path)?.secret === true
  );
}

export function isRemoteEnd(of: Field): boolean {
  return /^[^/\s]+:(?!\/\/\/)|^rsync:/.test(of.text) && isKnown(of);
}
