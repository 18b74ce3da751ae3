import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { configSchema } from "../../src/contract/config.ts";
import type { JournalEvent } from "../../src/contract/events.ts";
import type { NotifyRule } from "../../src/contract/notify.ts";
import { webhookHeaders } from "../../src/core/notify/index.ts";
import { Notifier } from "../../src/daemon/notifier.ts";
import { createTargets } from "../../src/daemon/notify-targets.ts";
import { settle } from "../support/fake-clock.ts";
import { receiver } from "../support/receiver.ts";
import { temporaryFolder, testStores } from "../support/stores.ts";
import { asked } from "../support/tasks.ts";

function world(rules: readonly Omit<NotifyRule, "name">[], url = "http://127.0.0.1:1/") {
  const stores = testStores();
  const folder = join(temporaryFolder(), "webhooks");
  const { clock, journal, notifications: store } = stores;
  const announced: string[] = [];
  const sent: { to?: string | undefined; dedupeKey?: string | undefined }[] = [];
  const { notify: config } = configSchema.parse({
    notify: {
      rules: rules.map((rule, at) => ({ name: `rule-${at}`, ...rule })),
      webhooks: { team: { url } },
    },
  });
  const tell = createTargets({
    config,
    clock,
    folder,
    env: {},
    driver: { announce: async (text) => announced.push(text) },
    postman: {
      send: async (message) => {
        sent.push(message);
        return [];
      },
    },
  });
  const start = async () => {
    const notifier = new Notifier({
      config,
      store,
      journal,
      tell,
      subjectOf: async () => undefined,
      isAbout: (target, event: JournalEvent) => target === `inbox:${event.subject}`,
      clock,
      log: silentLog,
      random: () => 0,
    });
    onTestFinished(() => notifier[Symbol.asyncDispose]());
    await notifier.start();
    return notifier;
  };
  const happens = (type: string, subject = "task_1", data: Record<string, unknown> = {}) =>
    stores.tell({ type, subject, actor: "daemon", data });
  /** So many events of tasks that are queued, by one commit. */
  const tellMany = (count: number) => {
    const all = Array.from({ length: count }, () => asked());
    return stores.tasks.enqueue(all, "human", clock.now());
  };
  /** Looks until it holds: the receiver is a real server. */
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let look = 0; look < 2_000; look += 1) {
      if (await holds()) return;
      await new Promise((resolve) => setImmediate(resolve));
      await settle();
    }
    throw new Error("it never held");
  };
  const states = async () => (await store.list(50)).map(({ state }) => state);
  return { ...stores, store, folder, announced, sent, start, happens, tellMany, until, states };
}

test("what happens after the start is told once to each target, in order", async () => {
  const { start, happens, announced, sent, until } = world([
    { on: "task.failed", to: ["tmux", "inbox:lead"] },
  ]);
  happens("task.failed", "task_0", { title: "before" });
  await start();
  happens("task.failed", "task_1", { title: "one", message: "no" });
  happens("task.done");
  happens("task.failed", "task_2", { title: "two" });
  await until(() => sent.length === 2);
  expect(announced).toEqual(["conductor: task failed: one: no", "conductor: task failed: two"]);
  expect(sent).toMatchObject([
    { to: "lead", body: "task failed: one: no", dedupeKey: expect.stringMatching(/^n_/) },
    { to: "lead", body: "task failed: two" },
  ]);
});

test("the cursor keeps up with many events that nobody wants, and loses none among them", async () => {
  const { start, tellMany, happens, announced, store, until } = world([
    { on: "task.failed", to: ["tmux"] },
  ]);
  const first = await start();
  await tellMany(2_500);
  await until(async () => ((await store.cursor()) ?? 0) > 2_000);
  happens("task.failed", "task_1");
  await until(() => announced.length === 1);
  expect(await store.cursor()).toBeGreaterThan(2_500);
  await first[Symbol.asyncDispose]();
  await tellMany(700);
  happens("task.failed", "task_2");
  await start();
  await until(() => announced.length === 2);
  expect(announced.map((line) => line.slice(-6))).toEqual(["task_1", "task_2"]);
});

test("an agent is not told of itself", async () => {
  const { start, happens, sent, announced, until } = world([
    { on: "turn.ended", to: ["inbox:t_1", "tmux"] },
  ]);
  await start();
  happens("turn.ended", "t_1");
  await until(() => announced.length === 1);
  expect(sent).toEqual([]);
});

test("a webhook is signed with the secret that was made for it, which only its user can read", async () => {
  const hook = await receiver();
  const { start, happens, until, folder, clock } = world(
    [{ on: "*", to: ["webhook:team"] }],
    hook.url,
  );
  await start();
  happens("task.failed", "task_1", { title: "fix" });
  await until(() => hook.posts.length === 1);
  const [post] = hook.posts;
  const file = join(folder, "team.secret");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const id = String(post?.headers["webhook-id"]);
  const expected = webhookHeaders(
    { id, body: post?.body ?? "" },
    readFileSync(file, "utf8"),
    clock.now(),
  );
  expect(post?.headers).toMatchObject({ ...expected, "content-type": "application/json" });
  expect(JSON.parse(post?.body ?? "")).toMatchObject({
    type: "task.failed",
    timestamp: new Date(clock.now()).toISOString(),
    data: { rule: "rule-0", text: "fix", subject: "task_1", data: { title: "fix" } },
  });
});

test("a webhook that fails is tried again with the same id, by a later daemon too", async () => {
  const hook = await receiver({ status: 500 }, { status: 503, headers: { "retry-after": "60" } });
  const { start, happens, until, clock, states, store } = world(
    [{ on: "task.failed", to: ["webhook:team"] }],
    hook.url,
  );
  const first = await start();
  happens("task.failed");
  const attempts = async () => (await store.list(1))[0]?.attempts;
  await until(async () => (await attempts()) === 1);
  expect((await store.list(1))[0]).toMatchObject({ state: "queued", error: "it answered 500" });
  await first[Symbol.asyncDispose]();
  await clock.advance(5_000);
  await start();
  await until(async () => (await attempts()) === 2);
  // Five minutes by our schedule, which is more than the minute that was asked for.
  expect(await store.nextDue()).toBe(clock.now() + 300_000);
  await clock.advance(300_000);
  await until(async () => (await states())[0] === "sent");
  const ids = hook.posts.map(({ headers }) => headers["webhook-id"]);
  expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
});

test("a receiver that is gone is given up at once, and one that cannot be reached says why", async () => {
  const hook = await receiver({ status: 410 });
  const { start, happens, until, store } = world([{ on: "*", to: ["webhook:team"] }], hook.url);
  await start();
  happens("task.failed");
  await until(async () => (await store.list(1))[0]?.state === "failed");
  const nobody = world([{ on: "*", to: ["webhook:team"] }]);
  await nobody.start();
  nobody.happens("task.failed");
  await nobody.until(async () => (await nobody.store.list(1))[0]?.attempts === 1);
  expect((await nobody.store.list(1))[0]?.error).toMatch(/ECONNREFUSED|bad port/);
});

test("what happened while no daemon ran its rules is told by the next; what happened without rules is not", async () => {
  const ruled = world([{ on: "task.failed", to: ["tmux"] }]);
  const first = await ruled.start();
  await first[Symbol.asyncDispose]();
  ruled.happens("task.failed", "task_1", { title: "meanwhile" });
  await ruled.start();
  await ruled.until(() => ruled.announced.length === 1);
  const free = world([]);
  await free.store.take([], 1, { perMinute: 1, now: 0 });
  await free.start();
  expect(await free.store.cursor()).toBeUndefined();
});
