import { expect, test } from "vitest";
import { newId } from "../../../src/base/ids.ts";
import type { Turn } from "../../../src/contract/terminals.ts";
import type { NewMessage } from "../../../src/core/messages/index.ts";
import { addTerminal, testStores } from "../../support/stores.ts";

const message = (to: string, change: Partial<NewMessage> = {}): NewMessage => ({
  from: "human",
  to,
  body: "please look",
  mode: "when-idle",
  expiresAt: null,
  dedupeKey: null,
  ...change,
});
const mark = { hash: "h", seen: 0 };
const turn = (terminalId: string, messageId: string, startedAt: number): Turn => ({
  id: newId("turn"),
  terminalId,
  messageId,
  state: "submitted",
  startedAt,
  endedAt: null,
  result: null,
});

test("messages reach a receiver one at a time, in the order they were sent", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const first = (await messages.enqueue(message(dev.id), 10)).message;
  const second = (await messages.enqueue(message(dev.id, { body: "then this" }), 11)).message;

  const claim = await messages.claimNext(dev.id, 20, 1_000);
  expect(claim).toMatchObject({ fence: 1, leaseUntil: 1_020, message: { id: first.id } });
  expect(await messages.claimNext(dev.id, 20, 1_000)).toBeUndefined();
  expect(await messages.unread()).toEqual(new Map([[dev.id, 2]]));

  await messages.markTyping(first.id, 1, 21, mark);
  await messages.deliver(first.id, 1, "screen", turn(dev.id, first.id, 25), 25);
  expect(await messages.get(first.id)).toMatchObject({
    state: "delivered",
    receipt: "screen",
    settledAt: 25,
    attempts: [{ fence: 1, startedAt: 20, typedAt: 21, endedAt: 25, outcome: "delivered" }],
    turn: { state: "submitted", messageId: first.id },
  });
  expect((await messages.claimNext(dev.id, 30, 1_000))?.message.id).toBe(second.id);
});

test("an interrupt goes before what waited longer, but not into a running delivery", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const slow = (await messages.enqueue(message(dev.id), 1)).message;
  const stop = (await messages.enqueue(message(dev.id, { body: "stop", mode: "interrupt" }), 2))
    .message;
  expect((await messages.peekNext(dev.id, 3))?.id).toBe(stop.id);
  expect((await messages.claimNext(dev.id, 3, 100))?.message.id).toBe(stop.id);
  expect(await messages.claimNext(dev.id, 3, 100)).toBeUndefined();
  await messages.requeue(stop.id, 1, "never arrived", 4);
  expect((await messages.claimNext(dev.id, 5, 100))?.fence).toBe(2);
  expect((await messages.get(slow.id)).state).toBe("queued");
});

test("a dedupe key is delivered once per receiver, and not with another body", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const other = await addTerminal(stores, { name: "other" });
  const first = await messages.enqueue(message(dev.id, { dedupeKey: "k" }), 1);
  const again = await messages.enqueue(message(dev.id, { dedupeKey: "k" }), 2);
  expect(again).toMatchObject({ existing: true, message: { id: first.message.id } });
  const elsewhere = await messages.enqueue(message(other.id, { dedupeKey: "k" }), 2);
  expect(elsewhere.existing).toBe(false);
  await expect(
    messages.enqueue(message(dev.id, { dedupeKey: "k", body: "else" }), 3),
  ).rejects.toMatchObject({ code: "state.conflict" });
});

test("a lost lease changes nothing", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const { id } = (await messages.enqueue(message(dev.id), 1)).message;
  await messages.claimNext(dev.id, 1, 100);
  await messages.requeue(id, 1, "recovered", 2);
  await messages.claimNext(dev.id, 3, 100);
  const lost = { code: "state.conflict" };
  const head = await stores.journal.head();
  await expect(messages.markTyping(id, 1, 4, mark)).rejects.toMatchObject(lost);
  await expect(messages.deliver(id, 1, "screen", turn(dev.id, id, 4), 4)).rejects.toMatchObject(
    lost,
  );
  await expect(messages.requeue(id, 1, "no", 4)).rejects.toMatchObject(lost);
  await expect(messages.fail(id, 1, "no", 4)).rejects.toMatchObject(lost);
  expect(await stores.journal.head()).toBe(head);
  expect(await messages.unsettled()).toMatchObject([{ fence: 2, message: { id } }]);
});

test("an agent hears what became of its message, a notice bounces no notice", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const lead = await addTerminal(stores, { name: "lead" });
  const from = `agent:${lead.id}`;
  const { id } = (await messages.enqueue(message(dev.id, { from }), 1)).message;
  await messages.claimNext(dev.id, 2, 100);
  await messages.markTyping(id, 1, 2, mark);
  await messages.fail(id, 1, "uncertain", 3);
  const [notice] = await messages.list({ to: lead.id });
  expect(notice).toMatchObject({ from: "daemon", state: "queued", to: lead.id });
  expect(notice?.body).toContain(`Your message ${id} to dev was not delivered (failed: uncertain)`);
  const claim = await messages.claimNext(lead.id, 4, 100);
  await messages.fail(claim?.message.id ?? "", 1, "uncertain", 5);
  expect(await messages.list({})).toHaveLength(2);
});

test("what nobody could take in time expires, and only that", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const { id } = (await messages.enqueue(message(dev.id, { expiresAt: 100 }), 1)).message;
  const kept = (await messages.enqueue(message(dev.id, { expiresAt: 300 }), 1)).message;
  expect(await messages.claimNext(dev.id, 100, 10)).toMatchObject({ message: { id: kept.id } });
  expect(await messages.expire(300)).toBe(1);
  expect(await messages.get(id)).toMatchObject({ state: "expired", settledAt: 300 });
  expect((await messages.get(kept.id)).state).toBe("delivering");
});

test("a message can be cancelled until its first byte is typed", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const { id } = (await messages.enqueue(message(dev.id), 1)).message;
  await messages.claimNext(dev.id, 2, 100);
  expect(await messages.cancel(id, "human", 3)).toMatchObject({
    state: "cancelled",
    attempts: [{ outcome: "failed", note: "cancelled" }],
  });
  await expect(messages.markTyping(id, 1, 4, mark)).rejects.toMatchObject({
    code: "state.conflict",
  });
  const typed = (await messages.enqueue(message(dev.id), 5)).message;
  await messages.claimNext(dev.id, 6, 100);
  await messages.markTyping(typed.id, 1, 7, mark);
  await expect(messages.cancel(typed.id, "human", 8)).rejects.toMatchObject({
    code: "state.conflict",
  });
});

test("nobody writes to itself, to nobody, or to an agent that has ended", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const gone = await addTerminal(stores, { name: "gone", status: "exited" });
  await expect(
    messages.enqueue(message(dev.id, { from: `agent:${dev.id}` }), 1),
  ).rejects.toMatchObject({ code: "auth.refused" });
  await expect(messages.enqueue(message("t_none"), 1)).rejects.toMatchObject({ code: "not_found" });
  await expect(messages.enqueue(message(gone.id), 1)).rejects.toMatchObject({ code: "pane.gone" });
});

test("a unique beginning of an id is enough", async () => {
  const stores = testStores();
  const { messages } = stores;
  const dev = await addTerminal(stores);
  const one = (await messages.enqueue(message(dev.id), 1)).message;
  const two = (await messages.enqueue(message(dev.id), 2)).message;
  expect((await messages.get(one.id.slice(2, 20))).id).toBe(one.id);
  expect((await messages.get(two.id)).id).toBe(two.id);
  await expect(messages.get("m_0")).rejects.toMatchObject({ code: "name.ambiguous" });
  await expect(messages.get("m_zz")).rejects.toMatchObject({ code: "not_found" });
  await expect(messages.get("m_")).rejects.toMatchObject({ code: "not_found" });
});

test("retention forgets settled messages of ended agents and leaves those of live ones", async () => {
  const stores = testStores();
  const { messages, terminals } = stores;
  const live = await addTerminal(stores);
  const gone = await addTerminal(stores, { name: "gone" });
  const waits = (await messages.enqueue(message(gone.id), 1)).message;
  const kept = (await messages.enqueue(message(live.id), 1)).message;
  const old = (await messages.enqueue(message(gone.id), 1)).message;
  await messages.cancel(kept.id, "human", 2);
  await messages.cancel(old.id, "human", 2);
  expect(await messages.removeSettled(100)).toEqual([]);
  const status = { ...gone, status: "exited" as const, statusAt: 50, exitCode: 0 };
  await terminals.changeStatus(gone.id, status, null);
  expect(await messages.removeSettled(100)).toEqual([old.id]);
  const left = await messages.list({});
  expect(left.map((one) => one.id)).toEqual([kept.id, waits.id]);
  expect(await messages.abandon(gone.id, "gone exited", 200)).toBe(1);
  expect((await messages.get(waits.id)).reason).toBe("gone exited");
});
