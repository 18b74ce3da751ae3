import { expect, test } from "vitest";
import type { NewUsage, UsageOwner } from "../../../src/core/transcripts/index.ts";
import { testStores } from "../../support/stores.ts";

const dev: UsageOwner = {
  terminalId: "t_1",
  session: "shop",
  name: "dev",
  provider: "claude-code",
  turnId: "turn_1",
};
const at = { path: "/home/x/s.jsonl", inode: "1.2", offset: 10 };
const call = (key: string, change: Partial<NewUsage> = {}): NewUsage => ({
  key,
  model: "big",
  input: 100,
  output: 50,
  cacheRead: 1_000,
  cacheWrite: 10,
  cost: null,
  at: 1_000,
  ...change,
});

test("where reading stopped is where the next daemon goes on", async () => {
  const { transcripts } = testStores();
  expect(await transcripts.position("t_1")).toBeUndefined();
  await transcripts.record(dev, at, []);
  await transcripts.record(dev, { ...at, offset: 99 }, []);
  expect(await transcripts.position("t_1")).toEqual({ ...at, offset: 99 });
  await transcripts.forget(["t_1"]);
  expect(await transcripts.position("t_1")).toBeUndefined();
});

test("a call counts once, however often it is read, and tells the journal once", async () => {
  const { transcripts, journal } = testStores();
  await transcripts.record(dev, at, [call("a", { output: 1 }), call("b")]);
  await transcripts.record(dev, at, [call("a"), call("b")]);
  expect(await transcripts.usage({})).toMatchObject([
    { calls: 2, turns: 1, input: 200, output: 100, cacheRead: 2_000, cacheWrite: 20, cost: null },
  ]);
  const told = await journal.after(0, 10);
  expect(told.map(({ type, subject, data }) => [type, subject, data])).toMatchObject([
    ["usage.recorded", "t_1", { turn: "turn_1", model: "big", calls: 2, input: 200, output: 51 }],
  ]);
});

test("it is summed up by terminal and model, and found by terminal, session and time", async () => {
  const { transcripts } = testStores();
  const check = { ...dev, terminalId: "t_2", name: "check", session: "docs", turnId: null };
  await transcripts.record(dev, at, [call("a"), call("b", { model: "small", at: 5_000 })]);
  await transcripts.record(check, at, [call("a", { at: 9_000 })]);
  const names = async (filter: Parameters<typeof transcripts.usage>[0]) =>
    (await transcripts.usage(filter)).map(({ name, model }) => `${name} ${model}`);
  expect(await names({})).toEqual(["dev big", "dev small", "check big"]);
  expect(await names({ terminal: "t_1" })).toEqual(["dev big", "dev small"]);
  expect(await names({ terminal: "check" })).toEqual(["check big"]);
  expect(await names({ session: "docs" })).toEqual(["check big"]);
  expect(await names({ since: 5_000 })).toEqual(["dev small", "check big"]);
});

test("what a session cost adds up without counting as a call", async () => {
  const { transcripts } = testStores();
  const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  const costs = [call("cost:1", { ...none, cost: 0.25 }), call("cost:2", { ...none, cost: 0.5 })];
  await transcripts.record(dev, at, [call("a"), ...costs]);
  expect(await transcripts.usage({})).toMatchObject([{ calls: 1, cost: 0.75 }]);
});
