import { expect, test } from "vitest";
import { streamed } from "../../src/daemon/mcp/stream.ts";
import { fakeClock } from "../support/fake-clock.ts";

const EVENT = "event: message\ndata: {}\n\n";

/** An answer that is under way, and what its reader has got of it. */
function underWay(type: string) {
  const clock = fakeClock();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = { body: readable, headers: new Headers({ "content-type": type }) };
  const stream = streamed(answer, { first: undefined, done: () => undefined, clock });
  const got: string[] = [];
  const read = async (): Promise<void> => {
    for await (const piece of stream ?? []) got.push(new TextDecoder().decode(piece));
  };
  const over = read();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  return { clock, got, write, end: () => writer.close().then(() => over) };
}

test("an answer that is silent for long shows that its connection lives, without a word to the client", async () => {
  const { clock, got, write, end } = underWay("text/event-stream");
  await clock.advance(14_000);
  expect(got).toEqual([]);
  await clock.advance(20 * 60_000);
  expect(got.length).toBeGreaterThan(60);
  // Lines of comment: no client takes them for an event.
  expect(new Set(got)).toEqual(new Set([": heartbeat\n\n"]));
  got.length = 0;
  await write(EVENT);
  await clock.advance(10_000);
  await end();
  await clock.advance(60_000);
  expect(got).toEqual([EVENT]);
});

test("an answer that is no stream of events gets nothing put into it", async () => {
  const { clock, got, write, end } = underWay("application/json");
  await clock.advance(60_000);
  await write("{}");
  await end();
  expect(got).toEqual(["{}"]);
});
