/** Every way in which the product says no. Each row: HTTP status, CLI exit code, whether trying again makes sense. */
export const ERROR_CODES = {
  "usage.invalid": { http: 400, exit: 2, retry: false },
  "usage.method": { http: 405, exit: 2, retry: false },
  "usage.media_type": { http: 415, exit: 2, retry: false },
  "config.invalid": { http: 400, exit: 2, retry: false },
  "auth.missing": { http: 401, exit: 4, retry: false },
  "auth.refused": { http: 403, exit: 4, retry: false },
  not_found: { http: 404, exit: 3, retry: false },
  "name.taken": { http: 409, exit: 1, retry: false },
  "name.ambiguous": { http: 409, exit: 2, retry: false },
  "state.conflict": { http: 409, exit: 1, retry: false },
  "task.wrong_state": { http: 409, exit: 1, retry: false },
  "task.lease_lost": { http: 409, exit: 1, retry: false },
  "task.locked": { http: 409, exit: 1, retry: true },
  "task.cycle": { http: 422, exit: 2, retry: false },
  "task.too_large": { http: 413, exit: 2, retry: false },
  "task.bad_glob": { http: 422, exit: 2, retry: false },
  "approval.decided": { http: 409, exit: 4, retry: false },
  "approval.changed": { http: 409, exit: 4, retry: false },
  "approval.unanswered": { http: 409, exit: 1, retry: false },
  "provider.invalid": { http: 422, exit: 2, retry: false },
  "provider.missing_binary": { http: 422, exit: 1, retry: false },
  "profile.invalid": { http: 422, exit: 2, retry: false },
  "team.invalid": { http: 422, exit: 2, retry: false },
  "policy.invalid": { http: 422, exit: 2, retry: false },
  "message.too_large": { http: 413, exit: 2, retry: false },
  "pane.gone": { http: 410, exit: 1, retry: false },
  "pane.not_ready": { http: 409, exit: 1, retry: true },
  "agent.failed": { http: 502, exit: 1, retry: true },
  "agent.gone": { http: 410, exit: 1, retry: true },
  "agent.limited": { http: 429, exit: 1, retry: true },
  "agent.unreached": { http: 502, exit: 1, retry: true },
  "sandbox.unavailable": { http: 503, exit: 1, retry: false },
  "tmux.missing": { http: 503, exit: 1, retry: false },
  "tmux.too_old": { http: 503, exit: 1, retry: false },
  "tmux.lost": { http: 503, exit: 1, retry: true },
  "tmux.refused": { http: 502, exit: 1, retry: false },
  "store.locked": { http: 503, exit: 1, retry: true },
  "store.full": { http: 507, exit: 1, retry: true },
  "store.broken": { http: 500, exit: 1, retry: false },
  "daemon.unreachable": { http: 503, exit: 5, retry: true },
  "daemon.version": { http: 409, exit: 5, retry: false },
  "path.too_long": { http: 400, exit: 2, retry: false },
  timeout: { http: 504, exit: 1, retry: true },
  internal: { http: 500, exit: 1, retry: false },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorExtras {
  readonly cause?: unknown;
  /** Facts for programs; never secrets. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The next thing a person should do, as a sentence or a command. */
  readonly hint?: string;
}

/** The one error that crosses a door. Messages are lower case and name the thing and the value. */
export class ConductorError extends Error {
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = "ConductorError";
    this.code = code;
    this.data = extras.data ?? {};
    this.hint = extras.hint;
  }
}

/** The error's text for a log line or a person, whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes a missing case a type error, and a broken invariant at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
