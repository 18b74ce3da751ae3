/** Every error leaves through here: a closed code, its status, what to do next. */
import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import { core, ZodError } from "zod";
import { ConductorError, describeError, ERROR_CODES } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { PROBLEM_TYPE, type Problem } from "../../contract/events.ts";

export function errorResponse(error: unknown, context: Context, log: Logger): Response {
  const known = toConductorError(error);
  const status = ERROR_CODES[known.code].http;
  if (status >= 500)
    log.error(
      { code: known.code, path: context.req.path, error: describeError(error) },
      known.message,
    );
  const body: Problem = {
    type: `urn:conductor:error:${known.code}`,
    title: STATUS_CODES[status] ?? known.code,
    status,
    detail: known.message,
    code: known.code,
    hint: known.hint ?? null,
    data: known.data,
  };
  return context.body(JSON.stringify(body), status, { "content-type": PROBLEM_TYPE });
}

export function toConductorError(error: unknown): ConductorError {
  if (error instanceof ConductorError) return error;
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    const where = issue === undefined ? "" : core.toDotPath(issue.path);
    return new ConductorError(
      "usage.invalid",
      `${where === "" ? "body" : where}: ${issue?.message ?? "not valid"}`,
      { hint: "mend that; --help, and for calls `conductor openapi`, show what is taken" },
    );
  }
  if (error instanceof SyntaxError)
    return new ConductorError("usage.invalid", "the body is not JSON");
  return new ConductorError("internal", describeError(error), {
    cause: error,
    hint: "`conductor daemon logs` shows what happened",
  });
}
