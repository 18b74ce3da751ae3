/** Terminals over stored rows, with panes of the mind. */
import { onTestFinished } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { Terminals } from "../../src/core/terminals/index.ts";
import { type MemoryPanes, memoryPanes } from "./memory-panes.ts";
import type { testStores } from "./stores.ts";

const unread = {
  status: "unknown",
  detail: "",
  composer: "unknown",
  rule: "",
  source: "none",
} as const;

/** Nothing is known of what their screens show. */
export function testTerminals({
  terminals: store,
  clock,
}: Pick<ReturnType<typeof testStores>, "terminals" | "clock">): {
  readonly driver: MemoryPanes;
  readonly terminals: Terminals;
} {
  const driver = memoryPanes(() => clock.now());
  const terminals = new Terminals({
    driver,
    store,
    clock,
    log: silentLog,
    reader: () => ({ stableMs: undefined, settleMs: 0, answers: false, detect: () => unread }),
    observed: () => undefined,
    ended: () => undefined,
    size: { columns: 80, rows: 24 },
    logPath: (id) => `/tmp/${id}.log`,
    leave: () => ({ interrupt: [], clearDraft: [], exitText: undefined, exitKeys: [] }),
    endProcess: () => undefined,
  });
  onTestFinished(() => terminals.close());
  return { driver, terminals };
}
