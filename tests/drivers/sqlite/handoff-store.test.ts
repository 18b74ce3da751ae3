import { expect, test } from "vitest";
import type { NewHandoff } from "../../../src/core/handoffs/index.ts";
import { addTerminal, testStores } from "../../support/stores.ts";

const bounds = { maxDepth: 4, maxOpen: 32 };

function asked(from: string, change: Partial<NewHandoff> = {}): NewHandoff {
  return {
    kind: "handoff",
    from,
    fromName: "lead",
    message: "do it",
    key: null,
    target: { profile: "developer" },
    plan: {
      session: null,
      name: null,
      provider: "scripted",
      cwd: "/work",
      worktree: null,
      fresh: false,
      keep: false,
    },
    expiresAt: 1_000,
    ...change,
  };
}

async function office() {
  const stores = testStores();
  const lead = await addTerminal(stores, { name: "lead", profile: "supervisor" });
  const dev = await addTerminal(stores, { name: "dev", profile: "developer" });
  const types = async (subject: string): Promise<string[]> =>
    (await stores.journal.after(0, 1_000))
      .filter((event) => event.subject === subject)
      .map(({ type }) => type);
  return { ...stores, lead: `agent:${lead.id}`, leadId: lead.id, devId: dev.id, types };
}

test("each step is stored with its event, and the outcome before the release", async () => {
  const { handoffs, lead, devId, types } = await office();
  const { handoff } = await handoffs.request(asked(lead), bounds, 1);
  const { id } = handoff;
  expect(handoff).toMatchObject({
    state: "requested",
    depth: 1,
    parent: null,
    profile: "developer",
  });
  const worker = { terminalId: devId, origin: "fresh" } as const;
  await handoffs.move(id, { signal: "choose", worker }, 2);
  await handoffs.move(id, { signal: "submit", messageId: "m_1" }, 3);
  await handoffs.move(id, { signal: "run" }, 4);
  await handoffs.move(id, { signal: "ask", question: "May I?" }, 5);
  expect(await handoffs.get(id)).toMatchObject({ state: "question", question: "May I?" });
  await handoffs.move(id, { signal: "run" }, 6);
  await handoffs.release(id, 7);
  expect((await handoffs.get(id)).releasedAt).toBeNull();
  const result = { text: "42", source: "hook" } as const;
  const settled = await handoffs.settle(id, { signal: "finish", result }, 8);
  expect(settled).toMatchObject({ state: "done", result, settledAt: 8, terminalName: "dev" });
  await handoffs.returned(id, 9);
  await handoffs.release(id, 10);
  expect(await handoffs.get(id)).toMatchObject({ releasedAt: 10, returned: "call" });
  expect(await handoffs.unfinished()).toEqual([]);
  expect(await types(id)).toEqual([
    "handoff.requested",
    "handoff.started",
    "handoff.submitted",
    "handoff.ran",
    "handoff.asked",
    "handoff.ran",
    "handoff.done",
    "handoff.returned",
    "handoff.released",
  ]);
});

test("the first outcome holds, and nothing moves after it", async () => {
  const { handoffs, lead } = await office();
  const { handoff } = await handoffs.request(asked(lead), bounds, 1);
  await handoffs.settle(handoff.id, { signal: "cancel", by: lead }, 2);
  const result = { text: "late", source: "hook" } as const;
  expect(await handoffs.settle(handoff.id, { signal: "finish", result }, 3)).toBeUndefined();
  expect(await handoffs.get(handoff.id)).toMatchObject({ state: "cancelled", result: null });
  await expect(handoffs.move(handoff.id, { signal: "run" }, 4)).rejects.toMatchObject({
    code: "state.conflict",
  });
});

test("an assignment's outcome is in its sender's inbox with the same commit, once", async () => {
  const { handoffs, messages, lead, leadId } = await office();
  const { handoff } = await handoffs.request(asked(lead, { kind: "assignment" }), bounds, 1);
  const result = { text: "forty-two", source: "hook" } as const;
  await handoffs.settle(handoff.id, { signal: "finish", result }, 2);
  await handoffs.tell(handoff.id, 3);
  const inbox = await messages.list({ to: leadId });
  expect(inbox.map(({ body }) => body)).toEqual([expect.stringContaining("forty-two")]);
  expect(inbox[0]?.body).toContain(handoff.id);
  expect((await handoffs.get(handoff.id)).returned).toBe("message");
});

test("who got the outcome by a call gets no message, and who has exited none either", async () => {
  const { handoffs, messages, terminals, lead, leadId } = await office();
  const settle = async (change: Partial<NewHandoff> = {}): Promise<string> => {
    const { handoff } = await handoffs.request(asked(lead, change), bounds, 1);
    await handoffs.settle(handoff.id, { signal: "cancel" }, 2);
    return handoff.id;
  };
  const first = await settle();
  await handoffs.returned(first, 3);
  await handoffs.tell(first, 4);
  const exited = { status: "exited", detail: "", composer: "unknown", statusAt: 5 } as const;
  const why = { reason: null, exitCode: 0, why: [] };
  await terminals.changeStatus(leadId, { ...exited, ...why }, null);
  const second = await settle({ kind: "assignment" });
  expect(await messages.list({ to: leadId })).toEqual([]);
  expect((await handoffs.get(second)).returned).toBe("nobody");
});

test("a key gives the handoff it was used for, and no other work", async () => {
  const { handoffs, lead } = await office();
  const one = await handoffs.request(asked(lead, { key: "k" }), bounds, 1);
  const again = await handoffs.request(asked(lead, { key: "k" }), bounds, 2);
  expect(again).toMatchObject({ existing: true, handoff: { id: one.handoff.id } });
  const theirs = await handoffs.request(asked("human", { key: "k" }), bounds, 3);
  expect(theirs.existing).toBe(false);
  const other = handoffs.request(asked(lead, { key: "k", message: "something else" }), bounds, 4);
  await expect(other).rejects.toMatchObject({ code: "state.conflict" });
});

test("an idle worker is held by one handoff at a time", async () => {
  const { handoffs, devId } = await office();
  const ids = await Promise.all(
    [1, 2].map(async (at) => (await handoffs.request(asked("human"), bounds, at)).handoff.id),
  );
  const [one = "", two = ""] = ids;
  expect(await handoffs.claimWarm(one, [devId], 3)).toMatchObject({
    state: "starting",
    origin: "warm",
    terminalId: devId,
  });
  expect(await handoffs.claimWarm(two, [devId], 4)).toBeUndefined();
  await handoffs.settle(one, { signal: "cancel" }, 5);
  expect(await handoffs.claimWarm(two, [devId], 6)).toBeUndefined();
  await handoffs.release(one, 7);
  expect(await handoffs.claimWarm(two, [devId], 8)).toMatchObject({ terminalId: devId });
});

test("what is settled and let go is forgotten by its time, what is open never", async () => {
  const { handoffs } = await office();
  const [done, open] = await Promise.all(
    [1, 2].map(async (at) => (await handoffs.request(asked("human"), bounds, at)).handoff.id),
  );
  await handoffs.settle(done ?? "", { signal: "cancel" }, 5);
  await handoffs.release(done ?? "", 6);
  expect(await handoffs.removeSettled(5)).toBe(0);
  expect(await handoffs.removeSettled(100)).toBe(1);
  expect((await handoffs.list({})).map(({ id }) => id)).toEqual([open]);
});
