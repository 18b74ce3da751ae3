/** When a client whose connection broke asks again; two tries are what most make. */
const RETRY_MS = 4_000;

/** The answer's bytes, behind an event that a broken connection is taken up by; calls back after the last. */
export function streamed(
  { body, headers }: Pick<Response, "body" | "headers">,
  { first, done }: { readonly first: string | undefined; readonly done: () => void },
): ReadableStream | null {
  if (body === null) {
    done();
    return null;
  }
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
  const reader = body.getReader();
  return new ReadableStream({
    start: (controller) => {
      if (!isStream || first === undefined) return;
      const event = `id: ${first}\nretry: ${RETRY_MS}\ndata: \n\n`;
      controller.enqueue(new TextEncoder().encode(event));
    },
    pull: async (controller) => {
      const piece = await reader.read().catch(() => undefined);
      if (piece?.value !== undefined) return controller.enqueue(piece.value);
      done();
      return controller.close();
    },
    cancel: async (reason) => {
      done();
      await reader.cancel(reason);
    },
  });
}
