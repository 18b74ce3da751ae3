import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Tail, type TailPosition, tailFile } from "../../../src/drivers/files/tail.ts";
import { temporaryFolder } from "../../support/stores.ts";

function follow(path: string, from: TailPosition | "start" | "end" = "start") {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const seen = { resets: 0, position: undefined as TailPosition | undefined };
  const waiting: { count: number; resolve: () => void }[] = [];
  const tail: Tail = tailFile(path, {
    from,
    onLines: (read, position) => {
      lines.push(...read.map(({ text }) => text));
      seen.position = position;
      for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
    },
    onReset: () => void (seen.resets += 1),
    onError: (error) => void errors.push(error),
  });
  onTestFinished(() => tail[Symbol.dispose]());
  /** Without a poke: its own watch has to notice. */
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      if (lines.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { tail, lines, errors, seen, until };
}

const fileIn = (folder = temporaryFolder()) => join(folder, "session.jsonl");

test("lines are told as they come, each once, an unfinished one when it is finished", async () => {
  const file = fileIn();
  writeFileSync(file, "one\ntw");
  const { tail, lines } = follow(file);
  await tail.poke();
  expect(lines).toEqual(["one"]);
  appendFileSync(file, "o\nthree\n");
  await tail.poke();
  await tail.poke();
  expect(lines).toEqual(["one", "two", "three"]);
});

test("a change is noticed without being asked for", async () => {
  const file = fileIn();
  writeFileSync(file, "");
  const { tail, lines, until } = follow(file);
  await tail.poke();
  appendFileSync(file, "one\n");
  await until(1);
  appendFileSync(file, "two\n");
  await until(2);
  expect(lines).toEqual(["one", "two"]);
});

test("a file, and its folder, may come later", async () => {
  const folder = join(temporaryFolder(), "projects", "x");
  const { tail, lines, errors, until } = follow(fileIn(folder));
  await tail.poke();
  mkdirSync(folder, { recursive: true });
  await tail.poke();
  writeFileSync(fileIn(folder), "one\n");
  await until(1);
  expect({ lines, errors }).toEqual({ lines: ["one"], errors: [] });
});

test("a character that is cut in the middle is whole in its line", async () => {
  const file = fileIn();
  const bytes = Buffer.from("日本 🚀\n");
  writeFileSync(file, bytes.subarray(0, 2));
  const { tail, lines } = follow(file);
  await tail.poke();
  appendFileSync(file, bytes.subarray(2, 9));
  await tail.poke();
  appendFileSync(file, bytes.subarray(9));
  await tail.poke();
  expect(lines).toEqual(["日本 🚀"]);
});

test("a line longer than what is read at once is whole", async () => {
  const file = fileIn();
  const line = Array.from({ length: 50_000 }, (_, number) => `word ${number} 日本`).join(" ");
  writeFileSync(file, `${line}\nshort\n`);
  const { tail, lines } = follow(file);
  await tail.poke();
  expect(lines).toEqual([line, "short"]);
});

test("a file that was cut short, or replaced, is read from its beginning", async () => {
  const file = fileIn();
  writeFileSync(file, "one\ntwo\n");
  const { tail, lines, seen } = follow(file);
  await tail.poke();
  truncateSync(file);
  appendFileSync(file, "3\n");
  await tail.poke();
  expect({ lines, resets: seen.resets }).toEqual({ lines: ["one", "two", "3"], resets: 1 });
  writeFileSync(`${file}.new`, "4\nand longer than before\n");
  renameSync(`${file}.new`, file);
  await tail.poke();
  expect(lines.slice(3)).toEqual(["4", "and longer than before"]);
  expect(seen.resets).toBe(2);
});

test("one that goes away and comes back is gone on with", async () => {
  const file = fileIn();
  writeFileSync(file, "one\n");
  const { tail, lines, errors } = follow(file);
  await tail.poke();
  rmSync(file);
  await tail.poke();
  writeFileSync(file, "two\n");
  await tail.poke();
  expect({ lines, errors }).toEqual({ lines: ["one", "two"], errors: [] });
});

test("reading goes on where it was left, or at the end", async () => {
  const file = fileIn();
  writeFileSync(file, "one\ntwo\nthr");
  const first = follow(file);
  await first.tail.poke();
  first.tail[Symbol.dispose]();
  const position = first.seen.position;
  if (position === undefined) throw new Error("nothing was read");
  appendFileSync(file, "ee\n");
  const second = follow(file, position);
  await second.tail.poke();
  expect(second.lines).toEqual(["three"]);
  const third = follow(file, "end");
  await third.tail.poke();
  appendFileSync(file, "four\n");
  await third.tail.poke();
  expect(third.lines).toEqual(["four"]);
});

test("a line without an end fills no memory, and the next one is told", async () => {
  const file = fileIn();
  writeFileSync(file, "");
  const { tail, lines } = follow(file);
  const megabyte = "x".repeat(1024 * 1024);
  for (let count = 0; count < 17; count += 1) {
    appendFileSync(file, megabyte);
    await tail.poke();
  }
  appendFileSync(file, "\nshort\n");
  await tail.poke();
  expect(lines).toEqual(["short"]);
});

test("100 MB that are there already cost nothing when only news count", async () => {
  const file = fileIn();
  writeFileSync(file, "");
  truncateSync(file, 100 * 1024 * 1024);
  const { tail, lines } = follow(file, "end");
  const began = performance.now();
  await tail.poke();
  expect(performance.now() - began).toBeLessThan(1_000);
  appendFileSync(file, "news\n");
  await tail.poke();
  expect(lines).toEqual(["news"]);
});

test("what is no file is left alone", async () => {
  const pipe = fileIn();
  execFileSync("sh", ["-c", `mkfifo '${pipe}'`]);
  const { tail, lines, errors } = follow(pipe);
  await tail.poke();
  expect({ lines, errors }).toEqual({ lines: [], errors: [] });
});
