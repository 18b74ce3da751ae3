/** One POST to a webhook. Redirects are not followed: the signature is for that receiver. */
import { describeError } from "../../base/errors.ts";
import type { Attempt } from "../../core/notify/index.ts";

const DEADLINE_MS = 15_000;
const MOST_WAIT_MS = 24 * 60 * 60_000;
/** Its owner wants no more of them. */
const GONE = 410;

export async function postWebhook(
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...message.headers, "content-type": "application/json" },
      body: message.body,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "told" };
    const error = `it answered ${response.status}`;
    if (response.status === GONE) return { kind: "refused", error };
    return { kind: "failed", error, afterMs: retryAfter(response.headers.get("retry-after")) };
  } catch (error) {
    return { kind: "failed", error: reasonOf(error) };
  }
}

/** In seconds; what is written as a date is left to our own schedule. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1_000, MOST_WAIT_MS);
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return describeError(cause);
}
