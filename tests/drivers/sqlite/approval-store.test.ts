import { expect, test } from "vitest";
import { hashAction, type NewApproval } from "../../../src/core/approvals/index.ts";
import { testStores } from "../../support/stores.ts";

const action = { kind: "command", text: "rm -rf build", cwd: "/w", why: null } as const;
const asked = (change: Partial<NewApproval> = {}): NewApproval => ({
  terminalId: "t_1",
  terminalName: "dev",
  origin: "screen",
  action,
  fingerprint: null,
  by: "agent:t_1",
  expiresAt: 1_000,
  ...change,
});
const yes = { verdict: "approve" } as const;

test("the first verdict wins, by id, beginning of it, or number", async () => {
  const { approvals } = testStores();
  const { approval } = await approvals.request(asked(), 1);
  expect(approval).toMatchObject({ number: 1, state: "pending", hash: hashAction(action) });
  expect(await approvals.pending()).toEqual(new Map([["t_1", 1]]));
  expect(await approvals.decide("1", { ...yes, hash: approval.hash }, "human", 2)).toMatchObject({
    state: "approved",
    decidedBy: "human",
    decidedAt: 2,
  });
  await expect(
    approvals.decide(approval.id.slice(0, 12), { verdict: "deny" }, "human", 3),
  ).rejects.toMatchObject({ code: "approval.decided" });
  expect((await approvals.get(approval.id)).state).toBe("approved");
});

test("an agent can never decide, nor the daemon", async () => {
  const { approvals, journal } = testStores();
  const { approval } = await approvals.request(asked(), 1);
  const head = await journal.head();
  for (const by of ["agent:t_1", "agent:t_2", "daemon", ""]) {
    await expect(approvals.decide(approval.id, yes, by, 2)).rejects.toMatchObject({
      code: "auth.refused",
    });
  }
  expect(await journal.head()).toBe(head);
});

test("a verdict on something else than what was shown is refused", async () => {
  const { approvals } = testStores();
  const { approval } = await approvals.request(asked(), 1);
  await expect(
    approvals.decide(approval.id, { ...yes, hash: "other" }, "human", 2),
  ).rejects.toMatchObject({ code: "approval.changed" });
  expect((await approvals.get(approval.id)).state).toBe("pending");
});

test("a verdict is used once, a denial too", async () => {
  const { approvals } = testStores();
  const one = (await approvals.request(asked(), 1)).approval;
  await expect(approvals.consume(one.id, 2)).rejects.toMatchObject({ code: "state.conflict" });
  await approvals.decide(one.id, yes, "human", 2);
  expect(await approvals.consume(one.id, 3)).toMatchObject({ state: "consumed", usedAt: 3 });
  await expect(approvals.consume(one.id, 4)).rejects.toMatchObject({ code: "state.conflict" });
  const two = (await approvals.request(asked(), 5)).approval;
  await approvals.decide("2", { verdict: "deny", reason: "no" }, "human", 6);
  expect(await approvals.consume(two.id, 7)).toMatchObject({ state: "denied", reason: "no" });
  await expect(approvals.consume(two.id, 8)).rejects.toMatchObject({ code: "state.conflict" });
});

test("after the deadline there is no yes, also for one that was given and not used", async () => {
  const { approvals } = testStores();
  const late = (await approvals.request(asked(), 1)).approval;
  await expect(approvals.decide(late.id, yes, "human", 1_000)).rejects.toMatchObject({
    code: "approval.decided",
  });
  expect((await approvals.get(late.id)).state).toBe("expired");
  const unused = (await approvals.request(asked(), 1)).approval;
  await approvals.decide(unused.id, yes, "human", 2);
  await expect(approvals.consume(unused.id, 1_000)).rejects.toMatchObject({
    code: "state.conflict",
  });
  expect((await approvals.expire(1_000)).map((one) => one.id)).toEqual([unused.id]);
  expect(await approvals.expire(1_000)).toEqual([]);
});

test("the same dialog asks once while it waits, and again when it comes back", async () => {
  const { approvals } = testStores();
  const dialog = asked({ fingerprint: "f" });
  const one = (await approvals.request(dialog, 1)).approval;
  expect(await approvals.request(dialog, 2)).toMatchObject({
    existing: true,
    approval: { id: one.id },
  });
  expect(await approvals.cancel(one.id, "answered in the pane", 3)).toMatchObject({
    state: "cancelled",
    reason: "answered in the pane",
  });
  expect(await approvals.cancel(one.id, "again", 4)).toBeUndefined();
  expect((await approvals.request(dialog, 5)).existing).toBe(false);
});

test("an asker that went away leaves an abandoned request that nobody can approve", async () => {
  const { approvals } = testStores();
  const { id } = (await approvals.request(asked({ terminalId: null, origin: "api" }), 1)).approval;
  expect((await approvals.abandon(id, "the caller hung up", 2))?.state).toBe("abandoned");
  await expect(approvals.decide(id, yes, "human", 3)).rejects.toMatchObject({
    code: "approval.decided",
  });
  expect(await approvals.list({ states: ["pending"] })).toEqual([]);
  expect(await approvals.list({ states: ["abandoned"] })).toHaveLength(1);
});

test("those who waited on a connection are abandoned together, also with a yes that nobody took", async () => {
  const { approvals } = testStores();
  const waited = asked({ origin: "api", isWaitedFor: true });
  const one = (await approvals.request(waited, 1)).approval;
  const other = (await approvals.request(waited, 1)).approval;
  const polled = (await approvals.request(asked({ origin: "api" }), 1)).approval;
  await approvals.decide(other.id, yes, "human", 2);
  expect(await approvals.abandonWaited("the daemon ended", 3)).toBe(2);
  expect(await approvals.abandonWaited("the daemon ended", 4)).toBe(0);
  for (const { id } of [one, other]) expect((await approvals.get(id)).state).toBe("abandoned");
  expect((await approvals.get(polled.id)).state).toBe("pending");
});

test("one that was told to come back is not abandoned with the connections, but with its agent", async () => {
  const { approvals } = testStores();
  const waited = asked({ origin: "api", isWaitedFor: true });
  const { id } = (await approvals.request(waited, 1)).approval;
  const screen = (await approvals.request(asked({ fingerprint: "f" }), 1)).approval;
  const other = (await approvals.request(asked({ origin: "api", terminalId: "t_2" }), 1)).approval;
  await approvals.stopWaiting(id);
  expect(await approvals.abandonWaited("the daemon ended", 2)).toBe(0);
  expect(await approvals.abandonOf("t_1", "its agent ended", 3)).toBe(1);
  expect(await approvals.get(id)).toMatchObject({ state: "abandoned", reason: "its agent ended" });
  for (const left of [screen, other]) expect((await approvals.get(left.id)).state).toBe("pending");
});

test("the end of a question on a screen is told once, and none is unfinished after it", async () => {
  const { approvals } = testStores();
  const one = (await approvals.request(asked({ fingerprint: "f", context: "above" }), 1)).approval;
  await approvals.request(asked({ origin: "api" }), 1);
  expect(await approvals.unfinished()).toMatchObject([{ id: one.id, context: "above" }]);
  const answered = { outcome: "answered", why: null } as const;
  expect(await approvals.finish(one.id, answered)).toBeUndefined();
  await approvals.decide(one.id, yes, "human", 2);
  await approvals.consume(one.id, 3);
  expect(await approvals.unfinished()).toHaveLength(1);
  expect(await approvals.finish(one.id, answered)).toMatchObject({ outcome: "answered" });
  expect(await approvals.finish(one.id, { outcome: "failed", why: "late" })).toBeUndefined();
  expect(await approvals.unfinished()).toEqual([]);
});

test("a no whose key was never pressed cannot be used any more", async () => {
  const { approvals } = testStores();
  const { id } = (await approvals.request(asked({ fingerprint: "f" }), 1)).approval;
  await approvals.decide(id, { verdict: "deny" }, "human", 2);
  expect(await approvals.finish(id, { outcome: "unpressed", why: "it changed" })).toMatchObject({
    state: "denied",
    usedAt: null,
  });
  await expect(approvals.consume(id, 3)).rejects.toMatchObject({ code: "state.conflict" });
});

test("a quorum of two takes two people: the same one twice stays pending and is told so", async () => {
  const { approvals } = testStores();
  const { approval } = await approvals.request(asked({ quorum: 2 }), 1);
  const first = await approvals.decide(approval.id, yes, "human", 2);
  expect(first).toMatchObject({ state: "pending", vote: { quorum: 2, yes: ["owner"], no: [] } });
  await expect(approvals.decide(approval.id, yes, "human", 3)).rejects.toMatchObject({
    code: "state.conflict",
    message: expect.stringContaining("owner has said yes"),
  });
  expect((await approvals.get(approval.id)).state).toBe("pending");
  expect(await approvals.decide(approval.id, yes, "human:alice", 4)).toMatchObject({
    state: "approved",
    decidedBy: "owner, alice",
  });
});

test("one no ends a quorum, unless the rule asks for more of them", async () => {
  const { approvals } = testStores();
  const one = (await approvals.request(asked({ quorum: 2 }), 1)).approval;
  await approvals.decide(one.id, yes, "human", 2);
  expect(await approvals.decide(one.id, { verdict: "deny" }, "human:bob", 3)).toMatchObject({
    state: "denied",
  });
  const two = (await approvals.request(asked({ denyThreshold: 2 }), 1)).approval;
  const deny = { verdict: "deny" } as const;
  expect(await approvals.decide(two.id, deny, "human:bob", 2)).toMatchObject({ state: "pending" });
  expect(await approvals.decide(two.id, deny, "human", 3)).toMatchObject({ state: "denied" });
});

test("people's tokens are kept by digest, and one name has one", async () => {
  const { tokens } = testStores();
  await tokens.add({ name: "alice", scope: "human", digest: "d1" }, 1);
  expect(tokens.bearerOf("d1")).toMatchObject({ name: "alice", scope: "human" });
  await expect(tokens.add({ name: "alice", scope: "read", digest: "d2" }, 2)).rejects.toMatchObject(
    { code: "name.taken" },
  );
  await expect(
    tokens.add({ name: "owner", scope: "human", digest: "d3" }, 2),
  ).rejects.toMatchObject({ code: "name.taken" });
  await tokens.remove("alice");
  expect(tokens.bearerOf("d1")).toBeUndefined();
  await expect(tokens.remove("alice")).rejects.toMatchObject({ code: "not_found" });
});
