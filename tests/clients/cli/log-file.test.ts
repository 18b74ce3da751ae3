import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { showLog } from "../../../src/clients/cli/log-file.ts";
import { temporaryFolder } from "../../support/stores.ts";

function reading(file: string, options: { lines: number; follow?: boolean }) {
  const stop = new AbortController();
  let text = "";
  const stdout = { write: (more: string) => (text += more).length > 0, isTTY: false, columns: 80 };
  const done = showLog({ stdout, signal: stop.signal }, file, {
    ...options,
    clean: (line) => line,
  });
  return { text: () => text, stop: () => stop.abort(), done };
}

const file = (): string => join(temporaryFolder(), "t_a.log");

test("the last lines are those before the rotation too", async () => {
  const path = file();
  writeFileSync(`${path}.1`, "one\ntwo\nthr");
  writeFileSync(path, "ee\nfour\n");
  const all = reading(path, { lines: 10 });
  await all.done;
  expect(all.text()).toBe("one\ntwo\nthree\nfour\n");
  const last = reading(path, { lines: 2 });
  await last.done;
  expect(last.text()).toBe("three\nfour\n");
});

test("who follows misses nothing when the log is moved away, twice", async () => {
  const path = file();
  writeFileSync(path, "one\n");
  const log = reading(path, { lines: 10, follow: true });
  await expect.poll(log.text).toBe("one\n");
  appendFileSync(path, "two\n");
  await expect.poll(log.text).toBe("one\ntwo\n");
  for (const line of ["three", "four"]) {
    renameSync(path, `${path}.1`);
    writeFileSync(path, `${line}\n`);
    await expect.poll(log.text).toContain(`${line}\n`);
  }
  appendFileSync(path, "five\n");
  await expect.poll(log.text).toBe("one\ntwo\nthree\nfour\nfive\n");
  log.stop();
  await log.done.catch(() => undefined);
});

test("what the old writer adds after the move is shown as well", async () => {
  const path = file();
  writeFileSync(path, "one\n");
  const log = reading(path, { lines: 10, follow: true });
  await expect.poll(log.text).toBe("one\n");
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, "late\n");
  writeFileSync(path, "new\n");
  await expect.poll(log.text).toBe("one\nlate\nnew\n");
  log.stop();
  await log.done.catch(() => undefined);
});

test("a character that the rotation cut in two is whole again", async () => {
  const path = file();
  const bytes = Buffer.from("漢字\n");
  writeFileSync(`${path}.1`, bytes.subarray(0, 4));
  writeFileSync(path, bytes.subarray(4));
  const log = reading(path, { lines: 10 });
  await log.done;
  expect(log.text()).toBe("漢字\n");
});
