import { expect, test } from "vitest";
import type { JournalEvent } from "../../../src/contract/events.ts";
import { testStores } from "../../support/stores.ts";

const event: JournalEvent = {
  seq: 5,
  id: "e_1",
  time: 1,
  type: "task.failed",
  subject: "task_1",
  actor: "daemon",
  data: { title: "fix" },
};

function opened() {
  const stores = testStores();
  const now = stores.clock.now();
  const told = (change: { target?: string; seq?: number } = {}) => {
    const { target = "desktop", seq = 5 } = change;
    return { rule: "r", target, title: "t", body: "b", event: { ...event, seq } };
  };
  const take = (all: readonly ReturnType<typeof told>[], cursor = 5, perMinute = 30) =>
    stores.notifications.take(all, cursor, { perMinute, now });
  const states = async () => (await stores.notifications.list(100)).map(({ state }) => state);
  return { ...stores, now, told, take, states };
}

test("what is taken twice is told once, and the cursor stands where it was put", async () => {
  const { notifications, take, told, now } = opened();
  expect(await notifications.cursor()).toBeUndefined();
  await take([told(), told({ target: "tmux" })]);
  await take([told()], 9);
  expect(await notifications.due(now, 10)).toMatchObject([
    { target: "desktop", type: "task.failed", event },
    { target: "tmux" },
  ]);
  expect(await notifications.cursor()).toBe(9);
  await notifications.forgetCursor();
  expect(await notifications.cursor()).toBeUndefined();
});

test("what is tried again is due later; what is told or given up is settled, with an event", async () => {
  const { notifications, journal, take, told, states, now } = opened();
  await take([told(), told({ target: "tmux" })]);
  const [one, two] = await notifications.due(now, 10);
  await notifications.settle(
    one?.id ?? "",
    { state: "queued", error: "down", dueAt: now + 10 },
    now,
  );
  expect(await notifications.due(now, 10)).toMatchObject([{ target: "tmux" }]);
  expect(await notifications.nextDue()).toBe(now);
  await notifications.settle(two?.id ?? "", { state: "failed", error: "nobody" }, now);
  expect(await notifications.nextDue()).toBe(now + 10);
  await notifications.settle(one?.id ?? "", { state: "sent" }, now);
  await notifications.settle(one?.id ?? "", { state: "failed", error: "late" }, now);
  expect(await states()).toEqual(["failed", "sent"]);
  expect(await notifications.nextDue()).toBeUndefined();
  expect(await journal.after(0, 10)).toMatchObject([
    { type: "notification.failed", data: { error: "nobody", attempts: 1 } },
    { type: "notification.sent", data: { title: "t", body: "b", attempts: 2 } },
  ]);
});

test("what is too much for a target in one minute is dropped, for that target only", async () => {
  const { notifications, take, told, now } = opened();
  const many = [1, 2, 3, 4].map((seq) => told({ seq }));
  await take([...many, told({ target: "tmux" })], 5, 2);
  expect((await notifications.counts()).get("r")).toEqual({
    queued: 3,
    sent: 0,
    failed: 0,
    dropped: 2,
  });
  expect((await notifications.list(10)).find(({ state }) => state === "dropped")?.error).toBe(
    "more than 2 in a minute",
  );
  expect(await notifications.removeSettled(now + 1)).toBe(2);
});
