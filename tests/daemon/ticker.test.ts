import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { configSchema } from "../../src/contract/config.ts";
import { parseProvider } from "../../src/core/providers/index.ts";
import { Terminals } from "../../src/core/terminals/index.ts";
import { hookSettingsFiles } from "../../src/daemon/hooks/settings.ts";
import { createLongTexts } from "../../src/daemon/long-texts.ts";
import { createTerminalLogs } from "../../src/daemon/terminal-logs.ts";
import { createTicker } from "../../src/daemon/ticker.ts";
import { settle } from "../support/fake-clock.ts";
import { memoryPanes } from "../support/memory-panes.ts";
import { addTerminal, temporaryFolder, testStores } from "../support/stores.ts";

const file = resolve(import.meta.dirname, "../../providers/scripted.yaml");
const scripted = parseProvider(readFileSync(file, "utf8"), file);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

async function bench(config: Record<string, unknown> = {}) {
  const stores = testStores();
  const { clock, journal, approvals } = stores;
  const folder = temporaryFolder();
  const driver = memoryPanes(() => clock.now());
  const terminals = new Terminals({
    driver,
    clock,
    store: stores.terminals,
    log: silentLog,
    reader: () => ({
      stableMs: undefined,
      settleMs: 0,
      answers: false,
      detect: () => ({
        status: "unknown",
        detail: "",
        composer: "unknown",
        rule: "none",
        source: "none",
      }),
    }),
    observed: () => undefined,
    ended: () => undefined,
    size: { columns: 160, rows: 50 },
    logPath: (id) => join(folder, `${id}.log`),
    leave: () => ({ interrupt: [], clearDraft: [], exitText: undefined, exitKeys: [] }),
    endProcess: () => undefined,
  });
  onTestFinished(() => terminals.close());
  const live = await terminals.launch(
    {
      session: "shop",
      name: "live",
      provider: "scripted",
      profile: null,
      labels: [],
      cwd: "/tmp",
      worktree: null,
      argv: ["agent"],
      args: [],
      envNames: [],
      own: () => ({ argv: ["agent"], env: {} }),
      readyMs: 60_000,
    },
    "human",
  );
  const parsed = configSchema.parse(config);
  const logs = createTerminalLogs({
    driver,
    folder,
    log: silentLog,
    limits: parsed.log,
    live: () => terminals.live().map(({ record }) => record),
  });
  const services = { clock, log: silentLog, journal, config: parsed, terminals, approvals };
  const longTexts = createLongTexts(join(folder, "messages"));
  const hookSettings = hookSettingsFiles({
    folder: join(folder, "settings"),
    script: "hook",
    url: () => "http://127.0.0.1:1",
    waitSeconds: 1,
    markOf: (id) => id,
  });
  const start = (): void => {
    const limits = { tick: () => undefined };
    const taskWatch = { tick: async () => undefined };
    const ports = { taskWatch, services, driver, stores, logs, limits, longTexts, hookSettings };
    const ticker = createTicker(ports);
    onTestFinished(() => ticker[Symbol.dispose]());
  };
  return { stores, clock, driver, terminals, live, folder, longTexts, hookSettings, start };
}

test("settled messages, exited terminals and their logs go when their days are over", async () => {
  const { stores, clock, live, folder, longTexts, hookSettings, start } = await bench({
    retention: { messagesDays: 5, terminalsDays: 3, logsDays: 100 },
  });
  const now = clock.now();
  const almost = { status: "exited", statusAt: now - 3 * DAY_MS + HOUR_MS / 2 } as const;
  const gone = await addTerminal(stores, { ...almost, name: "gone", paneId: null });
  const wish = { from: "human", body: "x", mode: "when-idle", dedupeKey: null } as const;
  const unsettled = { ...wish, expiresAt: null, to: live.record.id };
  const { message } = await stores.messages.enqueue(unsettled, now - 90 * DAY_MS);
  await stores.messages.cancel(message.id, "human", now - 90 * DAY_MS);
  const longText = await longTexts.write(message);
  const told = [gone.id, live.record.id].map((id) => {
    writeFileSync(join(folder, `${id}.log`), "text");
    return (
      hookSettings.write(scripted, { id, gate: "guard", env: {}, home: folder }).args.at(-1) ?? ""
    );
  });

  start();
  await settle();
  expect(await stores.terminals.get(gone.id)).toBeDefined();
  await clock.advance(HOUR_MS);
  expect(await stores.terminals.get(gone.id)).toBeUndefined();
  expect(existsSync(join(folder, `${gone.id}.log`))).toBe(false);
  expect(told.map((path) => existsSync(path))).toEqual([false, true]);
  expect(await stores.terminals.get(live.record.id)).toBeDefined();
  expect(await stores.messages.get(message.id)).toBeDefined();
  expect(existsSync(longText)).toBe(true);
  expect(existsSync(join(folder, `${live.record.id}.log`))).toBe(true);

  await stores.terminals.changeStatus(
    live.record.id,
    { ...live.record, status: "exited", statusAt: clock.now() },
    null,
  );
  await clock.advance(HOUR_MS);
  await expect(stores.messages.get(message.id)).rejects.toMatchObject({ code: "not_found" });
  expect(existsSync(longText)).toBe(false);
  expect(await stores.terminals.get(live.record.id)).toBeDefined();
}, 20_000);

test("a log that is full is started anew within seconds", async () => {
  const { clock, driver, live, start } = await bench({ log: { maxBytes: 10 } });
  start();
  writeFileSync(live.record.logPath, "more than ten bytes");
  await clock.advance(11_000);
  expect(driver.logsStarted).toEqual([live.record.paneId]);
});

test("what waits is shown to every session, also to a tmux server that is new", async () => {
  const { stores, clock, driver, start } = await bench();
  start();
  await settle();
  expect(driver.options.get("@conductor_pending")).toBe("0");
  const { approval } = await stores.approvals.request(
    {
      terminalId: null,
      terminalName: null,
      origin: "api",
      action: { kind: "command", text: "rm -r build", cwd: null, why: null },
      fingerprint: null,
      by: "human",
      expiresAt: clock.now() + 60_000,
    },
    clock.now(),
  );
  await settle();
  expect(driver.options.get("@conductor_pending")).toBe("1");
  driver.options.clear();
  await addTerminal(stores, { name: "second" });
  await settle();
  expect(driver.options.get("@conductor_pending")).toBe("1");
  await clock.advance(61_000);
  expect(driver.options.get("@conductor_pending")).toBe("0");
  expect((await stores.approvals.get(approval.id))?.state).toBe("expired");
});
