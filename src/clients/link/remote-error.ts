import { ConductorError, ERROR_CODES, type ErrorCode } from "../../base/errors.ts";

/** The error as the daemon threw it; what is not in our form tells at least its HTTP status. */
export function remoteError(status: number, body: string): ConductorError {
  const told = errorIn(body);
  if (told === undefined) {
    const code = status === 404 ? "not_found" : "internal";
    return new ConductorError(code, `the daemon answers with HTTP ${status}`, {
      hint: "conductor daemon logs",
    });
  }
  const code = isErrorCode(told.code) ? told.code : "internal";
  return new ConductorError(code, told.message, {
    data: told.data,
    ...(told.hint === undefined ? {} : { hint: told.hint }),
  });
}

interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly data: Record<string, unknown>;
}

function errorIn(body: string): ToldError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const code = field(value, "code");
  const message = field(value, "detail");
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  const hint = field(value, "hint");
  const data = field(value, "data");
  return {
    code,
    message,
    hint: typeof hint === "string" ? hint : undefined,
    data: typeof data === "object" && data !== null ? { ...data } : {},
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
