import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { notifyDesktop } from "../../../src/drivers/notify/desktop.ts";
import { temporaryFolder } from "../../support/stores.ts";

const { signal } = new AbortController();
const message = { title: "task failed", body: "--help <b>$(id)</b> & 'more'" };

/** A desktop of the mind: the program writes down what it was given, and exits so. */
function desktop(exit: string) {
  const folder = temporaryFolder();
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/seen\n${exit}\n`;
  writeFileSync(path.join(folder, "notify-send"), script, { mode: 0o755 });
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  return { env, seen: () => readFileSync(path.join(folder, "seen"), "utf8").trim().split("\n") };
}

test.skipIf(process.platform !== "linux")(
  "the desktop's program gets the texts as they are, and none as an option or as markup",
  async () => {
    const { env, seen } = desktop("exit 0");
    expect(await notifyDesktop(message, env, signal)).toEqual({ kind: "told" });
    expect(seen()).toEqual([
      "--app-name=conductor",
      "--",
      "task failed",
      "--help &lt;b&gt;$(id)&lt;/b&gt; &amp; 'more'",
    ]);
  },
);

test.skipIf(process.platform !== "linux")("a desktop that is not there says so", async () => {
  const { env } = desktop("echo 'no session bus' >&2; exit 1");
  expect(await notifyDesktop(message, env, signal)).toEqual({
    kind: "failed",
    error: "notify-send: no session bus",
  });
  expect(await notifyDesktop(message, { PATH: "/nowhere" }, signal)).toEqual({
    kind: "refused",
    error: "notify-send is not installed",
  });
});
