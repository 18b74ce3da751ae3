/** A store in a directory of its own, a clock that only moves by hand, and rows to put in. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { newId } from "../../src/base/ids.ts";
import type { TerminalRecord } from "../../src/core/terminals/index.ts";
import { openStores, type Stores } from "../../src/drivers/sqlite/index.ts";
import { fakeClock } from "./fake-clock.ts";

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "conductor-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function testStores(file = path.join(temporaryFolder(), "conductor.db")): Stores & {
  clock: ReturnType<typeof fakeClock>;
  file: string;
} {
  const clock = fakeClock(1_800_000_000_000);
  const stores = openStores(file, { clock, busyTimeoutMs: 50 });
  onTestFinished(() => stores[Symbol.dispose]());
  return { ...stores, clock, file };
}

export function terminalRecord(change: Partial<TerminalRecord> = {}): TerminalRecord {
  return {
    id: newId("t"),
    session: "conductor-shop",
    name: "dev",
    provider: "scripted",
    profile: null,
    agentId: null,
    labels: ["code"],
    cwd: "/tmp",
    worktree: null,
    paneId: "%1",
    pid: 4711,
    nonce: "n0nce",
    launch: { argv: ["fake-agent"], envNames: ["PATH"], profile: null, args: [] },
    status: "idle",
    detail: "",
    composer: "empty",
    statusAt: 1,
    reason: null,
    exitCode: null,
    why: [],
    createdAt: 1,
    logPath: "/tmp/t.log",
    ...change,
  };
}

export async function addTerminal(
  stores: Pick<Stores, "terminals">,
  change: Partial<TerminalRecord> = {},
): Promise<TerminalRecord> {
  const record = terminalRecord(change);
  const event = {
    type: "terminal.launched",
    subject: record.id,
    actor: "human",
    data: { name: record.name },
  };
  await stores.terminals.insert(record, event);
  return record;
}
