/**
 * Recorded session files of real CLIs: a prompt, one of several lines, a tool call, an interruption while it
 * streams, one before the first token, two errors of the model, an answer after thinking.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LineSplitter, transcriptReaders } from "../../../src/core/transcripts/index.ts";
import { seeded } from "../../support/seeded.ts";

const GOLDEN = join(import.meta.dirname, "../../golden/transcripts");
const recordings = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(GOLDEN, name)).map((version) => ({ name, version })));

function readerOf(format: string) {
  const make = transcriptReaders[format];
  if (make === undefined) throw new Error(`no reader for ${format}`);
  return make();
}

function eventsOf(format: string, chunks: readonly Uint8Array[]): unknown[] {
  const reader = readerOf(format);
  const splitter = new LineSplitter(0);
  return chunks.flatMap((chunk) =>
    [...splitter.push(chunk)].flatMap(({ text }) => reader.read(text)),
  );
}

const bytesOf = ({ name, version }: { name: string; version: string }) =>
  readFileSync(join(GOLDEN, name, version, "session.jsonl"));

test("there is a recording of every format", () => {
  const recorded = new Set(recordings.map(({ name }) => name));
  expect([...recorded].toSorted()).toEqual(Object.keys(transcriptReaders).toSorted());
});

test.each(recordings)("$name $version tells what happened", (recording) => {
  const file = join(GOLDEN, recording.name, recording.version, "events.jsonl");
  const expected = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(eventsOf(recording.name, [bytesOf(recording)]).map((it) => JSON.stringify(it))).toEqual(
    expected,
  );
});

test.each(recordings)("$name $version says the same wherever its bytes are cut", (recording) => {
  const bytes = bytesOf(recording);
  const whole = eventsOf(recording.name, [bytes]);
  const random = seeded(7);
  for (let round = 0; round < 20; round += 1) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() * (round < 5 ? 7 : 4_000));
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    expect(eventsOf(recording.name, chunks)).toEqual(whole);
  }
});

test.each(Object.keys(transcriptReaders))(
  "%s reads no hostile line, and goes on after it",
  (format) => {
    const reader = readerOf(format);
    const types = ["user", "assistant", "system", "event_msg", "gemini", "error", "user.message"];
    const values = [
      null,
      1,
      "x",
      [],
      [null],
      { type: "item_completed" },
      { content: 5 },
      { usage: [] },
    ];
    const lines = [
      "",
      "{",
      "null",
      "[]",
      "\u0000",
      '{"type":{}}',
      `{"a":${"[".repeat(5_000)}`,
      '{"__proto__":{"type":"user"}}',
      ...types.flatMap((type) =>
        values.flatMap((value) => [
          JSON.stringify({ type, message: value, payload: value, data: value, content: value }),
          JSON.stringify({ type, timestamp: value, message: { content: value, usage: value } }),
        ]),
      ),
    ];
    for (const line of lines) expect(() => reader.read(line)).not.toThrow();
  },
);
