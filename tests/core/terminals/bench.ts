import { onTestFinished } from "vitest";
import { silentLog } from "../../../src/base/log.ts";
import {
  type LaunchSpec,
  type Look,
  type Terminal,
  Terminals,
  type TerminalsPorts,
} from "../../../src/core/terminals/index.ts";
import type { FakeClock } from "../../support/fake-clock.ts";
import { type MemoryPanes, memoryPanes } from "../../support/memory-panes.ts";
import { testStores } from "../../support/stores.ts";

const SHELL = {
  status: "exited",
  detail: "",
  composer: "unknown",
  rule: "shell-in-front",
  source: "process",
} as const;

export interface Bench {
  readonly driver: MemoryPanes;
  readonly looks: Look[];
  readonly ends: [name: string, reason: string | null, comesBack: boolean][];
  readonly stores: ReturnType<typeof testStores>;
  readonly terminals: Terminals;
  readonly clock: FakeClock;
}

/** The screen's text says the status in plain words: these tests are about what follows from it. */
export function bench(
  stores = testStores(),
  settleMs = 0,
  answers = false,
  more: Partial<TerminalsPorts> = {},
): Bench {
  const driver = memoryPanes(() => stores.clock.now());
  const looks: Bench["looks"] = [];
  const ends: Bench["ends"] = [];
  const terminals = new Terminals({
    driver,
    store: stores.terminals,
    clock: stores.clock,
    log: silentLog,
    reader: (provider) => ({
      stableMs: provider === "generic" ? 1_500 : undefined,
      settleMs,
      answers,
      detect: ({ screen }) => {
        const [words = "", answer] = screen.split(":");
        const [word, draft] = words.split(" ");
        const status =
          word === "idle" || word === "working" || word === "waiting" ? word : "unknown";
        const composer =
          draft === "draft" ? draft : status === "idle" || draft === "empty" ? "empty" : "unknown";
        const source = status === "unknown" ? "none" : "screen";
        if (word === "shell") return SHELL;
        const seen = { status, detail: "", composer, rule: "word", source } as const;
        return answer === undefined ? seen : { ...seen, lastMessage: answer };
      },
    }),
    observed: (_terminal, look) => void looks.push(look),
    ended: ({ record, comesBack }) => void ends.push([record.name, record.reason, comesBack]),
    size: { columns: 160, rows: 50 },
    logPath: (id) => `/tmp/${id}.log`,
    leave: () => ({ interrupt: ["Escape"], clearDraft: ["C-c"], exitText: "/exit", exitKeys: [] }),
    endProcess: () => undefined,
    ...more,
  });
  onTestFinished(() => terminals.close());
  return { driver, looks, ends, stores, terminals, clock: stores.clock };
}

export const spec = (name: string): LaunchSpec => ({
  session: "shop",
  name,
  provider: "scripted",
  profile: null,
  labels: [],
  cwd: "/tmp",
  worktree: null,
  argv: ["fake-agent"],
  args: [],
  envNames: [],
  own: (id) => ({ argv: ["fake-agent"], env: { CONDUCTOR_TERMINAL_ID: id } }),
  readyMs: 60_000,
});

export async function startTurn(
  { driver, stores, terminals }: Pick<Bench, "driver" | "stores" | "terminals">,
  startedAt = stores.clock.now(),
): Promise<Terminal> {
  const dev = await terminals.launch(spec("dev"), "human");
  driver.show("%1", { text: "idle" });
  await dev.settled();
  const turn = {
    id: "turn_1",
    terminalId: dev.record.id,
    messageId: null,
    state: "submitted",
    startedAt,
    endedAt: null,
    result: null,
  } as const;
  await stores.terminals.changeStatus(dev.record.id, dev.record, null, { kind: "start", turn });
  dev.turnStarted(turn);
  return dev;
}
