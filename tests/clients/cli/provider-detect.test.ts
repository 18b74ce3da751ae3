import { expect, test } from "vitest";
import { runDetect } from "../../../src/clients/cli/provider.ts";
import { recordings, screenOf, shipped } from "../../core/providers/recordings.ts";

const DEFINITIONS = new Map([["claude-code", shipped("claude-code")]]);

async function run(chunks: readonly string[]): Promise<{ code: number; lines: unknown[] }> {
  let out = "";
  async function* input(): AsyncGenerator<string> {
    yield* chunks;
  }
  const code = await runDetect(input(), (text) => void (out += text), DEFINITIONS);
  const lines = out.trim().split("\n");
  return { code, lines: lines.filter((it) => it !== "").map((it): unknown => JSON.parse(it)) };
}

const line = (extra: object): string =>
  `${JSON.stringify({ id: "a", provider: "claude-code", screen: "", ...extra })}\n`;

test("each line gets one answer, in order, wherever the chunks are cut", async () => {
  const text = line({ id: 1 }) + line({ id: "two", dead: true });
  for (let at = 0; at <= text.length; at += 7) {
    const { code, lines } = await run([text.slice(0, at), text.slice(at)]);
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.objectContaining({ id: 1, status: "starting" }),
      expect.objectContaining({ id: "two", status: "exited", lastMessage: null }),
    ]);
  }
});

test("an answer holds exactly the documented fields", async () => {
  const { lines } = await run([line({})]);
  expect(lines.map((it) => Object.keys(Object(it)))).toEqual([
    ["id", "status", "detail", "composer", "rule", "lastMessage"],
  ]);
});

test.each([
  ["broken JSON", '{"id":\n'],
  ["no object", "[1]\n"],
  ["a field of the wrong kind", line({ screen: 5 })],
  ["a provider nobody knows", line({ provider: "nobody" })],
])("%s is answered with an error, the rest is judged, and the exit code is 1", async (_, bad) => {
  const { code, lines } = await run([bad + line({})]);
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.objectContaining({ error: expect.any(String) }),
    expect.objectContaining({ id: "a", status: "starting" }),
  ]);
});

test("a null where a field may be missing is taken as missing, and a last line needs no line feed", async () => {
  const { code, lines } = await run([line({ title: null, dispatched: null }).trimEnd()]);
  expect({ code, count: lines.length }).toEqual({ code: 0, count: 1 });
});

test("every recorded screen passes through, in colour too", async () => {
  const all = recordings("claude-code");
  const text = all.map((it) => line({ id: it.id, screen: screenOf(it, "ansi") })).join("");
  const { code, lines } = await run([text]);
  expect(code).toBe(0);
  expect(lines.length).toBe(all.length);
});
