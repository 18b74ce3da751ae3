/** pip and uv. */
import type { Call } from "../call.ts";
import { type Stream, UNKNOWN, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";

export function pip(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-r",
      "--requirement",
      "-c",
      "-i",
      "--index-url",
      "--extra-index-url",
      "-t",
      "--target",
      "-e",
      "--editable",
      "-f",
      "--prefix",
    ],
  });
  const [verb, ...what] = read.operands;
  const name = verb?.text ?? "";
  if (
    /^(list|show|freeze|check|search|index|inspect|debug|help|config|cache|download|wheel|hash|)$/.test(
      name,
    )
  ) {
    call.report(
      name === "config" && /^(set|unset|edit)$/.test(wordAt(what, 0)) ? "write-startup" : "read",
      `pip ${name}`,
    );
    return UNKNOWN;
  }
  const foreign =
    what.some((one) => /^(https?:|git\+|ftp:|svn\+|hg\+)/.test(one.text) || / @ /.test(one.text)) ||
    read.has("--index-url", "-i", "--extra-index-url", "--trusted-host");
  const wide = read.has(
    "--user",
    "--break-system-packages",
    "--prefix",
    "--root",
    "-t",
    "--target",
  );
  const downloaded = what.some((one) => /^(https?|ftp):/.test(one.text));
  call.report(
    downloaded ? "run-downloaded" : foreign || wide ? "system-packages" : "build",
    `pip ${name}`,
  );
  return UNKNOWN;
}

export function uv(call: Call): Stream {
  const [verb, ...rest] = readOptions(call.args, {
    leading: true,
    valued: ["--project", "--directory", "--python", "-p"],
  }).operands;
  const name = verb?.text ?? "";
  if (name === "pip") return pip({ ...call, args: rest });
  if (name === "publish") call.report("publish", "uv publish");
  else if (
    /^(self|python)$/.test(name) ||
    (name === "tool" && /^(install|uninstall|upgrade)$/.test(wordAt(rest, 0)))
  )
    call.report("system-packages", `uv ${name}`);
  else call.report("build", `uv ${name}`);
  if (name === "run" || (name === "tool" && rest[0]?.text === "run")) {
    const inner = readOptions(name === "run" ? rest : rest.slice(1), {
      leading: true,
      valued: ["--with", "--python", "-p", "--extra", "--group", "--package", "--env-file"],
    });
    if (inner.operands.length > 0) call.run(inner.operands, { via: "uv run" });
  }
  return UNKNOWN;
}
