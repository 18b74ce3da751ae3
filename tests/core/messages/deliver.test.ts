import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import { silentLog } from "../../../src/base/log.ts";
import {
  DELIVERY_FAILPOINTS,
  type DeliveryOutcome,
  type DeliveryPorts,
  deliverNext,
  type Failpoint,
  INTERRUPT_FAILPOINTS,
  type NewMessage,
  settleGone,
} from "../../../src/core/messages/index.ts";
import { FakeTui } from "../../support/fake-tui.ts";
import { addTerminal, testStores } from "../../support/stores.ts";

async function delivery(change: Partial<DeliveryPorts> = {}) {
  const stores = testStores();
  const { clock, messages } = stores;
  const dev = await addTerminal(stores);
  const tui = new FakeTui(dev.id, clock);
  const ports: DeliveryPorts = {
    messages,
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    spill: (message) => Promise.resolve(`/spill/${message.id}`),
    ...change,
  };
  const send = async (body: string, more: Partial<NewMessage> = {}) => {
    const message: NewMessage = {
      from: "human",
      to: dev.id,
      body,
      mode: "when-idle",
      expiresAt: null,
      dedupeKey: null,
      ...more,
    };
    return (await messages.enqueue(message, clock.now())).message.id;
  };
  /** Runs one delivery while time passes. */
  const deliver = async (
    ms = 60_000,
    how: Partial<DeliveryPorts> = {},
  ): Promise<DeliveryOutcome> => {
    const outcome = deliverNext({ ...ports, ...how }, tui);
    outcome.catch(() => undefined);
    await clock.advance(ms);
    return outcome;
  };
  return { ...stores, dev, tui, ports, send, deliver };
}

test("a message is typed into an idle agent's empty composer and starts a turn", async () => {
  const { tui, send, deliver, messages } = await delivery();
  const id = await send("please look");
  expect(await deliver()).toMatchObject({ kind: "delivered", receipt: "screen" });
  expect(tui.submitted).toEqual(["please look"]);
  expect(tui.pressed).toEqual(["Enter"]);
  expect(tui.turns).toMatchObject([{ messageId: id, state: "running" }]);
  expect(await messages.get(id)).toMatchObject({ state: "delivered", turn: { messageId: id } });
  expect(await deliver()).toEqual({ kind: "empty" });
});

test.each<[string, (tui: FakeTui) => void]>([
  ["the agent is working", (tui) => void (tui.status = "working")],
  ["the agent is starting", (tui) => void (tui.status = "starting")],
  ["the agent is unknown", (tui) => void (tui.status = "unknown")],
  ["the agent is error", (tui) => void (tui.status = "error")],
  ["someone has typed in the composer", (tui) => void (tui.composer = "hel")],
  ["a dialog waits for an answer", (tui) => void (tui.dialog = "rm -rf build")],
  ["the pane is in copy mode", (tui) => void (tui.inMode = true)],
  ["another program is in front of the agent", (tui) => void (tui.foregroundIsAgent = false)],
  ["no composer is seen", (tui) => void (tui.isOpaque = true)],
])("nothing is typed while %s", async (why, change) => {
  const { tui, send, deliver, messages } = await delivery();
  const id = await send("please look");
  change(tui);
  expect(await deliver()).toMatchObject({ kind: "deferred", why });
  expect(tui.pressed).toEqual([]);
  expect(await messages.get(id)).toMatchObject({ state: "queued", attempts: [] });
});

test("no look is taken where it is known already that nothing can be typed", async () => {
  const { tui, send, deliver } = await delivery();
  await send("please look");
  const working = { ...(await tui.look()), status: "working" as const };
  let looks = 0;
  tui.onTouch = () => void (looks += 1);
  Object.assign(tui, { last: () => working });
  expect(await deliver()).toMatchObject({ kind: "deferred", why: "the agent is working" });
  expect(looks).toBe(0);
});

test("a dialog that opens between the claim and the first byte is not typed into", async () => {
  const { tui, send, deliver, messages } = await delivery();
  const id = await send("please look");
  const dialog = (name: Failpoint) => {
    if (name === "delivery.after-typing-mark") tui.dialog = "rm -rf build";
  };
  const outcome = await deliver(60_000, { failpoint: dialog });
  expect(outcome).toMatchObject({ kind: "requeued", note: "a dialog waits for an answer" });
  expect(tui.pressed).toEqual([]);
  expect((await messages.get(id)).state).toBe("queued");
});

test("Enter waits while a dialog covers the composer, and is never pressed into it", async () => {
  const { tui, send, deliver, clock } = await delivery();
  await send("please look");
  const dialog = (name: Failpoint) => {
    if (name === "delivery.after-paste") tui.dialog = "rm -rf build";
  };
  const outcome = deliver(120_000, { failpoint: dialog });
  await clock.advance(60_000);
  expect(tui.pressed).toEqual([]);
  tui.show(() => void (tui.dialog = undefined));
  expect(await outcome).toMatchObject({ kind: "delivered" });
  expect(tui.submitted).toEqual(["please look"]);
});

test("a swallowed Enter is pressed again while the text provably sits in the composer", async () => {
  const { tui, send, deliver } = await delivery();
  await send("please look");
  tui.ignoredEnters = 2;
  expect(await deliver()).toMatchObject({ kind: "delivered", receipt: "screen" });
  expect(tui.pressed).toEqual(["Enter", "Enter", "Enter"]);
  expect(tui.submitted).toEqual(["please look"]);
});

test("three Enters are the most", async () => {
  const { tui, send, deliver, messages } = await delivery();
  const id = await send("please look");
  tui.ignoredEnters = 99;
  const reason = "uncertain: Enter does not submit the text";
  expect(await deliver()).toEqual({ kind: "failed", messageId: id, reason });
  expect(tui.pressed).toHaveLength(3);
  expect((await messages.get(id)).state).toBe("failed");
});

test("an agent that hangs gets the text once, however long it hangs", async () => {
  const { tui, send, deliver } = await delivery();
  const id = await send("please look");
  tui.isStalled = true;
  expect(await deliver(120_000)).toMatchObject({ kind: "failed", messageId: id });
  tui.wake();
  expect(tui.composer).toBe("please look");
  expect(await deliver()).toEqual({ kind: "empty" });
});

test("an agent that shows nothing of what it takes gets a text once, and it ends uncertain", async () => {
  const { tui, send, deliver } = await delivery();
  tui.isMute = true;
  const id = await send("please look");
  const reason = "uncertain: nothing is seen of the text";
  expect(await deliver()).toEqual({ kind: "failed", messageId: id, reason });
  expect(await deliver()).toEqual({ kind: "empty" });
  expect(tui.submitted).toEqual(["please look"]);
});

test("killed while typing to such an agent, it is not typed again", async () => {
  const { tui, send, deliver } = await delivery();
  tui.isMute = true;
  await send("please look");
  const kill = (name: Failpoint) => {
    if (name === "delivery.after-enter") throw new Killed();
  };
  await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
  expect(await deliver()).toMatchObject({ kind: "failed" });
  expect(tui.submitted).toEqual(["please look"]);
});

test("an agent that wakes up late is waited for", async () => {
  const { tui, send, deliver, clock } = await delivery();
  await send("please look");
  tui.isStalled = true;
  const outcome = deliver(60_000);
  await clock.advance(10_000);
  tui.wake();
  expect(await outcome).toMatchObject({ kind: "delivered" });
  expect(tui.submitted).toEqual(["please look"]);
});

test("a text that provably never arrived is queued again, three times at most", async () => {
  const { tui, send, deliver, clock, messages } = await delivery();
  const id = await send("please look");
  tui.isDeaf = true;
  for (const kind of ["requeued", "requeued", "failed"]) {
    const outcome = deliver(60_000);
    await clock.advance(500);
    tui.show(() => tui.transcript.push("a tip"));
    expect(await outcome).toMatchObject({ kind });
  }
  expect(tui.pressed).toEqual([]);
  expect((await messages.get(id)).attempts).toHaveLength(3);
});

test("what a person types at the same moment is not sent with the message", async () => {
  const { tui, send, deliver } = await delivery();
  const id = await send("please look");
  const person = (name: Failpoint) => {
    if (name === "delivery.after-paste") tui.composer = "hel";
  };
  const reason = "uncertain: someone typed into the composer at the same time";
  expect(await deliver(60_000, { failpoint: person })).toEqual({
    kind: "failed",
    messageId: id,
    reason,
  });
  expect(tui.pressed).toEqual([]);
});

test("a long paste that the agent shows as a placeholder is delivered", async () => {
  const { tui, send, deliver } = await delivery();
  tui.foldsPaste = true;
  await send("one\ntwo\nthree\nfour");
  expect(await deliver()).toMatchObject({ kind: "delivered", receipt: "screen" });
  expect(tui.submitted).toEqual(["one\ntwo\nthree\nfour"]);
});

test("a text that reads like a command is guarded, and one too long is put into a file", async () => {
  const { tui, send, deliver } = await delivery();
  await send("!rm -rf /");
  await deliver();
  tui.status = "idle";
  const id = await send("x".repeat(256 * 1024 + 1));
  await deliver();
  const pointer = `Read the file /spill/${id} and do what it says. It is message ${id}, too long to be typed here.`;
  expect(tui.submitted).toEqual([" !rm -rf /", pointer]);
});

test("an interrupt stops the agent first and clears the prompt that it puts back", async () => {
  const { tui, send, deliver } = await delivery();
  await send("long work");
  await deliver();
  tui.putsBack = true;
  await send("stop and look here", { mode: "interrupt" });
  expect(await deliver()).toMatchObject({ kind: "delivered" });
  expect(tui.interrupts).toBe(1);
  expect(tui.pressed).toEqual(["Enter", "Escape", "C-u", "Enter"]);
  expect(tui.submitted).toEqual(["long work", "stop and look here"]);
});

test("an interrupt answers no dialog and clears no person's draft", async () => {
  const { tui, send, deliver } = await delivery();
  await send("stop", { mode: "interrupt" });
  tui.dialog = "rm -rf build";
  expect(await deliver()).toMatchObject({ kind: "deferred" });
  tui.dialog = undefined;
  tui.status = "working";
  tui.composer = "half a thou";
  expect(await deliver()).toMatchObject({ kind: "deferred" });
  expect(tui.pressed).toEqual([]);
});

test("the agent's own word is the best receipt", async () => {
  const { tui, send, deliver } = await delivery();
  await send("please look");
  tui.ignoredEnters = 1;
  const hook = (name: Failpoint) => {
    if (name === "delivery.after-enter") tui.hook("please look");
  };
  expect(await deliver(60_000, { failpoint: hook })).toMatchObject({ receipt: "hook" });
});

test("the word of another prompt is no receipt", async () => {
  const { tui, send, deliver } = await delivery();
  await send("please look");
  const hook = (name: Failpoint) => {
    if (name === "delivery.after-enter") tui.hook("what a person typed");
  };
  expect(await deliver(60_000, { failpoint: hook })).toMatchObject({ receipt: "screen" });
});

test("an agent that tells of its prompts is waited for, and the screen's word taken if it does not", async () => {
  const { tui, send, deliver, clock } = await delivery();
  tui.speaks = () => true;
  await send("please look");
  const late = (name: Failpoint) => {
    if (name === "delivery.after-enter") clock.after(2_000, () => tui.hook("please look"));
  };
  expect(await deliver(60_000, { failpoint: late })).toMatchObject({ receipt: "hook" });
  tui.show(() => void (tui.status = "idle"));
  await send("and again, please");
  expect(await deliver()).toMatchObject({ receipt: "screen" });
});

test("a text that a daemon of before typed has arrived where the agent says so", async () => {
  const { tui, send, deliver, ports } = await delivery();
  const killed: Partial<DeliveryPorts> = {
    failpoint: (name) => {
      if (name === "delivery.after-enter") throw new Error("killed");
    },
  };
  await send("please look");
  await expect(deliver(60_000, killed)).rejects.toThrow("killed");
  tui.isOpaque = true;
  tui.transcript.length = 0;
  tui.hook("please look");
  expect(await deliver(60_000, ports)).toMatchObject({ receipt: "hook" });
});

test("a message cancelled after its claim is not typed", async () => {
  const { tui, send, deliver, messages, clock } = await delivery();
  const id = await send("please look");
  const cancelled: Promise<unknown>[] = [];
  const cancel = (name: Failpoint) => {
    if (name === "delivery.after-claim") cancelled.push(messages.cancel(id, "human", clock.now()));
  };
  expect(await deliver(60_000, { failpoint: cancel })).toEqual({
    kind: "cancelled",
    messageId: id,
  });
  await Promise.all(cancelled);
  expect(tui.pressed).toEqual([]);
});

test("a paste that tmux refuses has typed nothing", async () => {
  const { tui, send, deliver } = await delivery();
  await send("please look");
  tui.paste = () => Promise.reject(new ConductorError("tmux.refused", "no buffer"));
  expect(await deliver()).toMatchObject({ kind: "requeued", note: "no buffer" });
});

class Killed extends Error {}

test.each(DELIVERY_FAILPOINTS)(
  "killed at %s, the message is delivered exactly once",
  async (point) => {
    const { tui, send, deliver, messages } = await delivery();
    const id = await send("please look");
    const kill = (name: Failpoint) => {
      if (name === point) throw new Killed();
    };
    await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
    tui.status = tui.submitted.length > 0 ? tui.status : "idle";
    for (let tries = 0; tries < 3; tries += 1) await deliver();
    expect(tui.submitted).toEqual(["please look"]);
    expect((await messages.get(id)).state).toBe("delivered");
  },
);

test.each([...INTERRUPT_FAILPOINTS, ...DELIVERY_FAILPOINTS])(
  "an interrupt killed at %s is delivered exactly once",
  async (point) => {
    const { tui, send, deliver, messages } = await delivery();
    await send("long work");
    await deliver();
    const id = await send("stop and look here", { mode: "interrupt" });
    const kill = (name: Failpoint) => {
      if (name === point) throw new Killed();
    };
    await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
    for (let tries = 0; tries < 3; tries += 1) await deliver();
    expect(tui.submitted).toEqual(["long work", "stop and look here"]);
    expect((await messages.get(id)).state).toBe("delivered");
  },
);

test("killed while typing into a screen that has moved on since, nothing is typed again", async () => {
  const { tui, send, deliver, messages } = await delivery();
  const id = await send("please look");
  const kill = (name: Failpoint) => {
    if (name === "delivery.before-paste") throw new Killed();
  };
  await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
  tui.transcript.push("something else");
  const reason = "uncertain: the daemon ended while it was typing";
  expect(await deliver()).toEqual({ kind: "failed", messageId: id, reason });
  expect(tui.submitted).toEqual([]);
  expect((await messages.get(id)).reason).toBe(reason);
});

test("a terminal that is gone settles all that was meant for it", async () => {
  const { tui, send, deliver, messages, ports } = await delivery();
  const typed = await send("please look");
  const waits = await send("and then this");
  const kill = (name: Failpoint) => {
    if (name === "delivery.after-paste") throw new Killed();
  };
  await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
  await settleGone(ports, tui.id, { why: "dev exited with 1", comesBack: false });
  expect(await messages.get(typed)).toMatchObject({
    state: "failed",
    reason: "uncertain: dev exited with 1",
  });
  expect(await messages.get(waits)).toMatchObject({ state: "failed", reason: "dev exited with 1" });
});

test("a terminal that comes back keeps what waits for it, and what was not typed yet", async () => {
  const { tui, send, deliver, messages, ports } = await delivery();
  const claimed = await send("please look");
  const waits = await send("and then this");
  const kill = (name: Failpoint) => {
    if (name === "delivery.after-claim") throw new Killed();
  };
  await expect(deliver(60_000, { failpoint: kill })).rejects.toThrow(Killed);
  await settleGone(ports, tui.id, { why: "dev is lost", comesBack: true });
  expect(await messages.get(claimed)).toMatchObject({
    state: "queued",
    attempts: [{ note: "dev is lost" }],
  });
  expect(await messages.get(waits)).toMatchObject({ state: "queued", attempts: [] });
});
