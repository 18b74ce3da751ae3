import { createHash } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openBlobs } from "../../../src/drivers/files/index.ts";
import { temporaryFolder } from "../../support/stores.ts";

test("a text is kept once, under its digest, for its owner only", async () => {
  const folder = path.join(temporaryFolder(), "blobs");
  const blobs = openBlobs(folder);
  const text = "what it printed, ü";
  const [one, other] = await Promise.all([blobs.put(text), blobs.put(text)]);
  const digest = createHash("sha256").update(text).digest("hex");
  expect([one, other]).toEqual([digest, digest]);
  expect((await blobs.read(digest)).toString()).toBe(text);
  const own = path.join(folder, digest.slice(0, 2));
  expect(readdirSync(own)).toEqual([digest]);
  expect(statSync(path.join(own, digest)).mode & 0o777).toBe(0o600);
  expect(statSync(own).mode & 0o777).toBe(0o700);
});

test("a file that a full disk cut off is written again", async () => {
  const folder = temporaryFolder();
  const blobs = openBlobs(folder);
  const digest = await blobs.put("whole");
  writeFileSync(path.join(folder, digest.slice(0, 2), digest), "wh");
  await blobs.put("whole");
  expect((await blobs.read(digest)).toString()).toBe("whole");
});

test.each(["../../token", "zz", "0".repeat(64)])("%s is not found", async (name) => {
  await expect(openBlobs(temporaryFolder()).read(name)).rejects.toMatchObject({
    code: "not_found",
  });
});
