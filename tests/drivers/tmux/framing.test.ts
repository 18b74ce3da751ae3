import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  createFraming,
  type Frame,
  MAX_LINE_BYTES,
  MAX_REPLY_BYTES,
} from "../../../src/drivers/tmux/framing.ts";

const SEED = 20_260_101;

function parse(...chunks: readonly (string | Uint8Array)[]): Frame[] {
  const frames: Frame[] = [];
  const framing = createFraming((frame) => frames.push(frame));
  for (const chunk of chunks) {
    framing.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  }
  return frames;
}

const plain = (frames: readonly Frame[]): unknown[] =>
  frames.map((frame) => {
    if (frame.kind === "reply") return [frame.ok, frame.isOurs, Buffer.from(frame.body).toString()];
    return frame.kind === "notification" ? Buffer.from(frame.line).toString() : frame.kind;
  });

test("a reply is what stands between its own guards", () => {
  const frames = parse("%begin 17 5 1\none\n\ntwo\n%end 17 5 1\n");
  expect(plain(frames)).toEqual([[true, true, "one\n\ntwo"]]);
});

test("an empty reply has an empty body, and one empty line is not lost", () => {
  expect(plain(parse("%begin 1 2 1\n%end 1 2 1\n"))).toEqual([[true, true, ""]]);
  expect(plain(parse("%begin 1 2 1\n\n\n%end 1 2 1\n"))).toEqual([[true, true, "\n"]]);
});

test("the block after attaching is not ours", () => {
  expect(plain(parse("%begin 1 2 0\n%end 1 2 0\n"))).toEqual([[true, false, ""]]);
});

test("an error reply keeps tmux's words", () => {
  const frames = parse("%begin 1 2 1\ncan't find pane: %9\n%error 1 2 1\n");
  expect(plain(frames)).toEqual([[false, true, "can't find pane: %9"]]);
});

test("a screen full of guards and notifications is content", () => {
  const screen = "%end 17 4 1\n%error 17 5 0\n%begin 17 5 1\n%exit\n%output %1 x\n%end 17 5 1 \n";
  const frames = parse(`%begin 17 5 1\n${screen}%end 17 5 1\n`);
  expect(plain(frames)).toEqual([[true, true, screen.slice(0, -1)]]);
});

test("after a guessed end the real one breaks the stream", () => {
  const frames = parse("%begin 17 5 1\n%end 17 5 1\nrest\n%end 17 5 1\n%exit\n");
  expect(plain(frames)).toEqual([[true, true, ""], "stray", "broken"]);
  expect(plain(parse("%begin 1 1 1\n%end 1 1 1\n%end 1 1 1\n%exit\n"))).toEqual([
    [true, true, ""],
    "broken",
  ]);
});

test("notifications between replies are passed on whole", () => {
  const frames = parse("%output %3 a b\\015\n%begin 1 2 1\n%end 1 2 1\n%exit\n");
  expect(plain(frames)).toEqual(["%output %3 a b\\015", [true, true, ""], "%exit"]);
});

test("an unfinished line over 8 MB breaks the stream", () => {
  const chunk = new Uint8Array(1024 * 1024).fill(0x41);
  const chunks = Array.from({ length: 8 }, () => chunk);
  expect(parse("%output %1 ", ...chunks)).toHaveLength(1);
  expect(parse(...chunks)).toEqual([]);
  expect(MAX_LINE_BYTES).toBe(8 * 1024 * 1024);
});

test("a reply over 16 MB breaks the stream", () => {
  const line = new Uint8Array(4 * 1024 * 1024).fill(0x41);
  line[line.length - 1] = 0x0a;
  const frames = parse("%begin 1 2 1\n", ...Array.from({ length: 5 }, () => line));
  expect(frames).toEqual([{ kind: "broken", reason: `a reply is over ${MAX_REPLY_BYTES} bytes` }]);
});

const hostileLine = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.filter((byte) => byte !== 0x0a)),
  fc.constantFrom("%end 7 7 1", "%begin 9 9 1", "%exit", "%error 7 8 1", "%", "").map((text) => {
    return new Uint8Array(Buffer.from(text));
  }),
);

/** Cuts `bytes` at the given places, in any order. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...at].map((start, index) => bytes.slice(start, at[index] ?? bytes.length));
}

test("any body in any cut comes back byte for byte (fuzz)", () => {
  fc.assert(
    fc.property(
      fc.array(hostileLine, { maxLength: 12 }),
      fc.array(fc.nat(2000), { maxLength: 30 }),
      (lines, places) => {
        const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
        const stream = Buffer.concat([
          Buffer.from("%begin 5 6 1\n"),
          body,
          Buffer.from("%end 5 6 1\n%pause %1\n"),
        ]);
        const [reply, pause, ...rest] = parse(...cut(stream, places));
        expect(rest).toEqual([]);
        expect(pause?.kind).toBe("notification");
        if (reply?.kind !== "reply") throw new Error("no reply");
        expect(Buffer.from(reply.body).equals(body.subarray(0, Math.max(0, body.length - 1)))).toBe(
          true,
        );
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test("no bytes make the parser throw, and a broken stream stays silent (fuzz)", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (chunks) => {
      const frames = parse("%begin 1 1 1\n%end 1 1 1\n", ...chunks);
      const broken = frames.findIndex((frame) => frame.kind === "broken");
      expect(broken === -1 || broken === frames.length - 1).toBe(true);
    }),
    { seed: SEED, numRuns: 500 },
  );
});
