import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { silentLog } from "../../../src/base/log.ts";
import { createTmuxDriver, type TmuxDriver } from "../../../src/drivers/tmux/index.ts";
import { isAtLeast } from "../../../src/drivers/tmux/version.ts";
import { temporaryFolder } from "../../support/stores.ts";

/** A driver over a `tmux` that says it is of that version; without one there is no tmux at all. */
function driverOver(
  version: string | undefined,
  more: Record<string, string> = {},
): Promise<TmuxDriver> {
  const folder = temporaryFolder();
  if (version !== undefined) {
    const file = join(folder, "tmux");
    writeFileSync(file, `#!/bin/sh\necho "${version}"\n`);
    chmodSync(file, 0o755);
  }
  return createTmuxDriver({
    socket: "conductor-test-version",
    configPath: join(folder, "tmux.conf"),
    runtimeDir: join(folder, "run"),
    size: { columns: 80, rows: 24 },
    clock: systemClock,
    log: silentLog,
    env: { HOME: folder, PATH: folder, CONDUCTOR_CHANNEL: "pipes", ...more },
  });
}

test.each(["tmux 3.1c", "tmux 2.9", "tmux 1.8"])(
  "%s is refused with what is needed",
  async (text) => {
    const refused = driverOver(text);
    await expect(refused).rejects.toMatchObject({ code: "tmux.too_old" });
    await expect(refused).rejects.toThrow(/3\.2 or later is needed/);
  },
);

test.each(["tmux 3.2", "tmux 3.3a", "tmux next-3.7", "tmux master", "tmux 3.6-rc2"])(
  "%s is taken",
  async (text) => {
    const driver = await driverOver(text);
    expect(driver.tmuxVersion).toBe(text.slice(5));
    await driver.close();
  },
);

test("without tmux the error says how to install it", async () => {
  await expect(driverOver(undefined)).rejects.toMatchObject({
    code: "tmux.missing",
    hint: expect.stringContaining("apt-get install tmux"),
  });
});

test("a socket path that is too long is an error before anything is made", async () => {
  const long = driverOver("tmux 3.3a", { TMUX_TMPDIR: `/tmp/${"x".repeat(100)}` });
  await expect(long).rejects.toMatchObject({ code: "path.too_long" });
});

test("versions compare by number, and one without a number is newer than all", () => {
  expect(isAtLeast("3.10", [3, 7])).toBe(true);
  expect(isAtLeast("3.3a", [3, 7])).toBe(false);
  expect(isAtLeast("next-3.7", [3, 7])).toBe(true);
  expect(isAtLeast("4.0", [3, 7])).toBe(true);
  expect(isAtLeast("master", [3, 7])).toBe(true);
});
