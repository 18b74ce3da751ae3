import { ConductorError, describeError, ERROR_CODES, type ErrorCode } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import { VERSION } from "../../base/version.ts";
import { type Context, Exit, type TextSink, wantsColor } from "./context.ts";

type Streams = Pick<Context, "stdout" | "stderr" | "env"> & { readonly signal?: AbortSignal };

/** The command's answer: `data` in the envelope, or the text a person reads. */
export function present(
  streams: { stdout: TextSink },
  json: boolean | undefined,
  data: unknown,
  text: () => string,
): void {
  if (json === true) streams.stdout.write(`${JSON.stringify({ ok: true, data })}\n`);
  else {
    const shown = text();
    if (shown !== "") streams.stdout.write(shown.endsWith("\n") ? shown : `${shown}\n`);
  }
}

/** Says what went wrong, in the asked form, and returns the exit code. */
export function reportFailure(error: unknown, streams: Streams, json: boolean): number {
  if (error instanceof Exit) return error.code;
  if (streams.signal?.aborted === true) return 130;
  const told = tell(error);
  if (json) {
    const { code, message, hint } = told;
    streams.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, hint } })}\n`);
  } else {
    const red = wantsColor(streams.env, streams.stderr);
    const label = red ? "\x1b[31merror:\x1b[0m" : "error:";
    streams.stderr.write(`${label} ${printable(told.message)}\n`);
    if (told.hint !== null) streams.stderr.write(`hint: ${printable(told.hint)}\n`);
  }
  return ERROR_CODES[told.code].exit;
}

function tell(error: unknown): { code: ErrorCode; message: string; hint: string | null } {
  if (error instanceof ConductorError) {
    return { code: error.code, message: error.message, hint: error.hint ?? null };
  }
  if (error instanceof Error && error.name === "CommanderError") {
    const message = error.message.replace(/^error: /, "");
    return { code: "usage.invalid", message, hint: "add --help to see what this command takes" };
  }
  return { code: "internal", message: describeError(error), hint: null };
}

/** An unbuilt checkout has no version to compare. */
export function warnOfOtherVersion(daemonVersion: string | undefined, stderr: TextSink): void {
  if (daemonVersion === undefined || daemonVersion === VERSION) return;
  if (daemonVersion.endsWith("-source") || VERSION.endsWith("-source")) return;
  stderr.write(
    `warning: the daemon is version ${printable(daemonVersion)}, this is ${VERSION}\n` +
      "hint: conductor daemon restart (agents go on working)\n",
  );
}
