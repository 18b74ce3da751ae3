/** Programs of keys and certificates. */
import type { Call } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Stream, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { ssay } from "./endpoints.ts";

export function openssl(call: Call): Stream {
  const verb = wordAt(call.args, 0);
  if (verb === "s_client")
    return ssay(call, call.stdin.secret ? "send-secret" : "network-read", "connects");
  for (const [at, arg] of call.args.entries()) {
    const next = call.args[at + 1];
    if (next === undefined) continue;
    if (/^-(in|inkey|key)$/.test(arg.text)) tell(call, reading(call.target(next)));
    if (/^-(out|keyout)$/.test(arg.text))
      tell(call, { ...writing({ ...call.target(next), secret: false }) });
  }
  call.report("read", `openssl ${verb}`);
  const decodes = verb === "enc" || verb === "base64";
  return {
    origin: decodes && call.stdin.origin !== "none" ? call.stdin.origin : "file",
    secret: call.stdin.secret,
  };
}

export function gpg(call: Call): Stream {
  const words = call.args.map((arg) => arg.text).join(" ");
  if (/--export-secret|--delete-secret|--delete-key|-d\b|--decrypt/.test(words))
    return ssay(call, "read-secret", "uses secret keys");
  if (/--send-keys|--keyserver.*--send/.test(words)) return ssay(call, "send-data", "sends keys");
  return ssay(call, "build", "signs or checks");
}

export function keys(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-f", "-t", "-b", "-C", "-N", "-P", "-R", "-F", "-O", "-I", "-n", "-s"],
  });
  if (read.has("-l", "-F", "-B")) return ssay(call, "read", "shows a key");
  const file = read.value("-f");
  if (file !== undefined) {
    const to = call.target(file);
    if (to.area === "scratch" || to.area === "regenerable" || to.area === "workspace")
      return ssay(call, "write", "makes a key");
  }
  return ssay(call, "read-secret", "makes or changes keys");
}
