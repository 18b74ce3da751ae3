import type { Clock } from "../../base/clock.ts";

/** When a client whose connection broke asks again; two tries are what most make. */
const RETRY_MS = 4_000;
/** Many an HTTP client ends an answer that is silent for some minutes, and only some ask to be told the progress. */
const QUIET_MS = 15_000;
const HEARTBEAT = ": heartbeat\n\n";

/** The answer's bytes, behind an event that a broken connection is taken up by; calls back after the last. */
export function streamed(
  { body, headers }: Pick<Response, "body" | "headers">,
  { first, done, clock }: Streaming,
): ReadableStream | null {
  if (body === null) {
    done();
    return null;
  }
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
  const reader = body.getReader();
  let cancel = (): void => undefined;
  const beat = (controller: ReadableStreamDefaultController): void => {
    cancel();
    if (!isStream) return;
    cancel = clock.after(QUIET_MS, () => {
      controller.enqueue(new TextEncoder().encode(HEARTBEAT));
      beat(controller);
    });
  };
  const end = (): void => {
    cancel();
    done();
  };
  return new ReadableStream({
    start: (controller) => {
      if (!isStream || first === undefined) return;
      const event = `id: ${first}\nretry: ${RETRY_MS}\ndata: \n\n`;
      controller.enqueue(new TextEncoder().encode(event));
    },
    pull: async (controller) => {
      beat(controller);
      const piece = await reader.read().catch(() => undefined);
      if (piece?.value !== undefined) return controller.enqueue(piece.value);
      end();
      return controller.close();
    },
    cancel: async (reason) => {
      end();
      await reader.cancel(reason);
    },
  });
}

interface Streaming {
  /** Names the call for who takes it up again. */
  readonly first: string | undefined;
  readonly done: () => void;
  readonly clock: Clock;
}
