import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import type { Profile } from "../../src/core/profiles/index.ts";
import { Terminals } from "../../src/core/terminals/index.ts";
import { createLimits } from "../../src/daemon/limits.ts";
import { memoryPanes } from "../support/memory-panes.ts";
import { testStores } from "../support/stores.ts";

const DEV = {
  session: "s",
  name: "dev",
  provider: "scripted",
  profile: null,
  labels: [],
  cwd: "/tmp",
  worktree: null,
  argv: ["sh"],
  args: [],
  envNames: [],
  own: () => ({ argv: ["sh"], env: {} }),
  readyMs: 1_000,
};
const HOUR_MS = 3_600_000;
const at = (now: number, status: "idle" | "working") => ({
  status,
  detail: status === "idle" ? ("limited" as const) : ("" as const),
  composer: "empty" as const,
  rule: "turn-limited",
  source: "screen" as const,
  ...(status === "idle" && { notice: "usage limit reached, resets in 3h" }),
  at: now,
});

/** An agent at its quota, found again by a daemon that has just started. */
async function office(onLimit: Profile["onLimit"]) {
  const stores = testStores();
  const { clock } = stores;
  const driver = memoryPanes(() => clock.now());
  let shown: "idle" | "working" = "idle";
  const start = async () => {
    const terminals = new Terminals({
      driver,
      store: stores.terminals,
      clock,
      log: silentLog,
      reader: () => ({
        stableMs: undefined,
        settleMs: 0,
        answers: false,
        detect: () => at(clock.now(), shown),
      }),
      observed: () => undefined,
      ended: () => undefined,
      size: { columns: 80, rows: 24 },
      logPath: (id) => `/tmp/${id}.log`,
      leave: () => ({ interrupt: [], clearDraft: [], exitText: undefined, exitKeys: [] }),
      endProcess: () => undefined,
    });
    onTestFinished(() => terminals.close());
    await terminals.adopt();
    if (terminals.all().length === 0) await terminals.launch(DEV, "human");
    const [dev] = terminals.live();
    if (dev === undefined) throw new Error("it was not found again");
    await dev.look();
    const kicked: string[] = [];
    const told = new Map<string, string>();
    const limits = createLimits({
      clock,
      log: silentLog,
      live: () => terminals.live(),
      onLimit: () => onLimit,
      kick: ({ record }) => kicked.push(record.name),
      prompt: async (_to, body, key) => void told.set(key, body),
    });
    return { dev, limits, kicked, told };
  };
  return { clock, start, shows: (status: "idle" | "working") => (shown = status) };
}

test("messages wait until a limit is over, by one daemon or by the next", async () => {
  const { clock, start } = await office("wait");
  const end = clock.now() + 3 * HOUR_MS;
  const first = await start();
  expect(first.limits.pausedUntil(first.dev)).toBe(end);
  await clock.advance(2 * HOUR_MS);
  const next = await start();
  next.limits.tick();
  expect([next.limits.pausedUntil(next.dev), next.kicked]).toEqual([end, []]);
  await clock.advance(HOUR_MS);
  next.limits.tick();
  next.limits.tick();
  expect(next.limits.pausedUntil(next.dev)).toBeUndefined();
  expect(next.kicked).toEqual(["dev"]);
  expect(next.told.size).toBe(0);
});

test("an agent is told to go on where its profile says so, once for each limit", async () => {
  const { clock, start, shows } = await office("resume");
  const { dev, limits, told } = await start();
  await clock.advance(3 * HOUR_MS);
  limits.tick();
  limits.tick();
  expect([...told.values()]).toEqual([expect.stringContaining("Go on")]);
  shows("working");
  await dev.look();
  shows("idle");
  await dev.look();
  limits.tick();
  expect(limits.pausedUntil(dev)).toBe(clock.now() + 3 * HOUR_MS);
  await clock.advance(3 * HOUR_MS);
  limits.tick();
  expect(told.size).toBe(2);
});

test("nothing waits where the profile says so", async () => {
  const { start } = await office("ignore");
  const { dev, limits } = await start();
  expect(limits.pausedUntil(dev)).toBeUndefined();
});
