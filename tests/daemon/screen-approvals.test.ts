import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import { silentLog } from "../../src/base/log.ts";
import type { ApprovalRecord } from "../../src/core/approvals/index.ts";
import { ANSWER_MS, APPROVAL_FAILPOINTS, SETTLE_MS } from "../../src/core/approvals/index.ts";
import { detect, parseProvider } from "../../src/core/providers/index.ts";
import { type LaunchSpec, Terminals } from "../../src/core/terminals/index.ts";
import { ScreenApprovals } from "../../src/daemon/screen-approvals.ts";
import { answerOn } from "../../src/daemon/screen-dialogs.ts";
import { settle } from "../support/fake-clock.ts";
import { type MemoryPanes, memoryPanes } from "../support/memory-panes.ts";
import { testStores } from "../support/stores.ts";

const file = path.resolve(import.meta.dirname, "../../providers/scripted.yaml");
const scripted = parseProvider(readFileSync(file, "utf8"), file);
const SOURCE = "../../src/daemon/screen-approvals.ts";
const RULE = "─".repeat(40);
const TTL_MS = 60_000;
/** Longer than the pause after an error, and what has to settle after it. */
const RETRY_MS = 3_000;

const dialog = (command: string, above = "● I will clean up") => ({
  title: "? scripted",
  text: `${above}\n${RULE}\nAllow this command?\n  $ ${command}\n❯ 1. Yes\n  2. No\nenter confirm · esc deny`,
});
const idle = (above = "● ran: exit 0") => ({
  title: "◇ scripted",
  text: `${above}\n${RULE}\n> Type a message\n${RULE}\n? for help`,
});

const spec: LaunchSpec = {
  session: "shop",
  name: "dev",
  provider: "scripted",
  profile: null,
  labels: [],
  cwd: "/work",
  worktree: null,
  argv: ["fake-agent"],
  args: [],
  envNames: [],
  own: () => ({ argv: ["fake-agent"], env: {} }),
  readyMs: 60_000,
};

type Stores = ReturnType<typeof testStores>;
interface World {
  readonly stores: Stores;
  readonly driver: MemoryPanes;
  readonly approvals?: Stores["approvals"];
}

/** One life of the daemon on these stores and panes. */
async function daemon({ stores, driver, approvals = stores.approvals }: World) {
  const { clock, journal } = stores;
  const told: { terminalId: string; body: string; key: string }[] = [];
  const screens = new ScreenApprovals({
    approvals,
    journal,
    driver,
    clock,
    log: silentLog,
    ttlMs: TTL_MS,
    terminals: () => terminals,
    tell: async (terminalId, body, key) => void told.push({ terminalId, body, key }),
    failpoint: undefined,
  });
  const terminals: Terminals = new Terminals({
    driver,
    store: stores.terminals,
    clock,
    log: silentLog,
    reader: () => ({
      stableMs: undefined,
      settleMs: 0,
      answers: true,
      detect: (input) => detect(scripted, input),
    }),
    observed: (terminal) => screens.observe(terminal),
    ended: () => undefined,
    size: { columns: 160, rows: 50 },
    logPath: (id) => `/tmp/${id}.log`,
    leave: () => ({ interrupt: ["Escape"], clearDraft: ["C-c"], exitText: "/exit", exitKeys: [] }),
    endProcess: () => undefined,
  });
  await screens.load();
  await terminals.adopt();
  screens.settleEnded();
  const end = () => {
    screens[Symbol.dispose]();
    terminals.close();
  };
  onTestFinished(end);
  return { screens, terminals, told, end };
}

function world(): World {
  const stores = testStores();
  return { stores, driver: memoryPanes(() => stores.clock.now()) };
}

async function launched(of: World = world()) {
  const life = await daemon(of);
  const dev = await life.terminals.launch(spec, "human");
  const { stores, driver } = of;
  const show = async (screen: Parameters<MemoryPanes["show"]>[1]) => {
    driver.show("%1", screen);
    await stores.clock.advance(2 * SETTLE_MS);
  };
  const all = () => stores.approvals.list({});
  const pending = () => stores.approvals.list({ states: ["pending"] });
  const only = async (): Promise<ApprovalRecord> => {
    const [first, ...more] = await pending();
    if (first === undefined || more.length > 0) throw new Error(`${more.length} more than one`);
    return first;
  };
  const decide = async (verdict: "approve" | "deny", reason?: string) => {
    const asked = await only();
    const given = reason === undefined ? { verdict } : { verdict, reason };
    const ended = life.screens.decide(asked, given, "human").then(
      (record) => ({ record, error: undefined }),
      (error: unknown) => ({ record: undefined, error }),
    );
    await settle();
    return { asked, ended };
  };
  return { ...of, ...life, dev, show, all, pending, only, decide };
}

async function events(stores: Stores): Promise<string[]> {
  const all = await stores.journal.after(0, 1_000);
  return all.map(({ type }) => type).filter((type) => type.startsWith("approval."));
}

test("a permission dialog becomes one request with the exact command, however often it is looked at", async () => {
  const { show, all, dev, driver } = await launched();
  await show(dialog("rm -rf build"));
  await show(dialog("rm -rf build"));
  await dev.look();
  driver.show("%1", dialog("rm -rf build"));
  await settle();
  expect(await all()).toMatchObject([
    {
      state: "pending",
      origin: "screen",
      terminalName: "dev",
      action: { kind: "dialog", text: "rm -rf build", cwd: "/work", why: "Allow this command?" },
    },
  ]);
});

test("a question or a trust dialog is no approval", async () => {
  const { show, all, dev } = await launched();
  await show({
    title: "? scripted",
    text: `${RULE}\n? Which one\n❯ 1. A\n  2. B\nenter choose · esc cancel`,
  });
  expect(dev.status).toMatchObject({ status: "waiting", detail: "question" });
  expect(await all()).toEqual([]);
});

test.each([
  ["approve", "1", "consumed"],
  ["deny", "2", "denied"],
] as const)(
  "a verdict presses its key once, after its intent is stored: %s",
  async (verdict, key, state) => {
    const { show, decide, driver, stores, all, told } = await launched();
    await show(dialog("rm -rf build"));
    const { asked, ended } = await decide(verdict);
    expect(driver.pressed).toEqual([{ paneId: "%1", keys: [key] }]);
    expect(await stores.approvals.get(asked.id)).toMatchObject({ state, outcome: null });
    await show(idle());
    expect(await ended).toMatchObject({ record: { id: asked.id, state } });
    expect(await all()).toMatchObject([{ state, outcome: "answered", decidedBy: "human" }]);
    expect(driver.pressed).toHaveLength(1);
    expect(told).toEqual([]);
    const given = verdict === "approve" ? "approval.approved" : "approval.denied";
    expect(await events(stores)).toEqual([
      "approval.requested",
      given,
      "approval.consumed",
      "approval.answered",
    ]);
  },
);

test("the reason of a denial is told to the agent once, after its dialog is gone", async () => {
  const { show, decide, told, dev } = await launched();
  await show(dialog("rm -rf build"));
  const { asked, ended } = await decide("deny", "not on main");
  expect(told).toEqual([]);
  await show(idle("● denied"));
  await ended;
  expect(told).toMatchObject([{ terminalId: dev.record.id, key: `denied:${asked.id}` }]);
  expect(told[0]?.body).toContain("rm -rf build");
  expect(told[0]?.body).toContain("not on main");
});

test("a dialog that someone answers in the pane is settled as that", async () => {
  const { show, all, driver } = await launched();
  await show(dialog("rm -rf build"));
  await show(idle());
  expect(await all()).toMatchObject([{ state: "cancelled", reason: "answered in the pane" }]);
  expect(driver.pressed).toEqual([]);
});

test("the same command asked again is another request: gone for a while, or for a moment and more above it", async () => {
  const { show, all, driver } = await launched();
  await show(dialog("make"));
  await show(idle("● I will clean up"));
  await show(dialog("make"));
  driver.show("%1", idle());
  await settle();
  await show(dialog("make", "● I will clean up\n● ran: exit 0"));
  expect((await all()).map(({ state }) => state)).toEqual(["pending", "cancelled", "cancelled"]);
});

test("work beside a question prints above it, and the question stays the one that it is", async () => {
  const { show, all, decide, driver } = await launched();
  await show(dialog("make"));
  await show(dialog("make", "● I will clean up\n● a helper found three files"));
  await show(dialog("make", "● I will clean up\n● a helper is done"));
  const { ended } = await decide("approve");
  expect(driver.pressed).toHaveLength(1);
  await show(idle());
  await ended;
  expect(await all()).toMatchObject([{ state: "consumed", outcome: "answered" }]);
});

test("after a yes, the same command at once is a new question and not a dialog that stays", async () => {
  const { show, decide, pending, driver, stores } = await launched();
  await show(dialog("make"));
  const { ended } = await decide("approve");
  await show(dialog("make", "● I will clean up\n● ran: exit 0"));
  await stores.clock.advance(1_000);
  expect(await ended).toMatchObject({ record: { state: "consumed" } });
  expect(await pending()).toMatchObject([{ number: 2 }]);
  expect(driver.pressed).toHaveLength(1);
});

test("a dialog that changed before the key is not pressed, and the new one is asked", async () => {
  const { show, decide, driver, stores, pending } = await launched();
  await show(dialog("make"));
  // No signal: the change is seen by the look before the key only.
  driver.capture = async () => ({
    ...dialog("rm -rf /"),
    takenAt: stores.clock.now(),
    command: "node",
    inMode: false,
    dead: false,
    exitCode: undefined,
  });
  const { asked, ended } = await decide("approve");
  expect(await ended).toMatchObject({ error: { code: "approval.changed" } });
  await stores.clock.advance(2 * SETTLE_MS);
  expect(driver.pressed).toEqual([]);
  expect(await stores.approvals.get(asked.id)).toMatchObject({ state: "cancelled" });
  expect(await pending()).toMatchObject([{ action: { text: "rm -rf /" } }]);
});

test("copy mode refuses a verdict and keeps the question", async () => {
  const { show, decide, only, driver } = await launched();
  await show({ ...dialog("make"), inMode: true });
  const { asked, ended } = await decide("approve");
  expect(await ended).toMatchObject({ error: { code: "pane.not_ready" } });
  expect(driver.pressed).toEqual([]);
  expect((await only()).id).toBe(asked.id);
});

test("copy mode entered right before the key drops the verdict, and the question is asked again", async () => {
  const { show, decide, all, driver, stores } = await launched();
  await show(dialog("make"));
  driver.keys = async () => {
    throw new ConductorError("pane.not_ready", "someone is in copy mode");
  };
  const { ended } = await decide("approve");
  expect(await ended).toMatchObject({ error: { code: "pane.not_ready" } });
  await stores.clock.advance(2 * SETTLE_MS);
  expect(await all()).toMatchObject([{ state: "pending" }, { outcome: "unpressed" }]);
});

test("a dialog that outlives its key is left to a person: no second key, by nobody's verdict", async () => {
  const { show, decide, stores, only, driver, all } = await launched();
  await show(dialog("make"));
  const { ended } = await decide("approve");
  await stores.clock.advance(ANSWER_MS + 2_000);
  expect(await ended).toMatchObject({ error: { code: "approval.unanswered" } });
  expect((await only()).action.why).toContain("answer it in the pane");
  const second = await decide("approve");
  expect(await second.ended).toMatchObject({ error: { code: "approval.unanswered" } });
  expect(driver.pressed).toHaveLength(1);
  await show(idle());
  expect(await all()).toMatchObject([{ state: "cancelled" }, { outcome: "failed" }]);
  await show(dialog("make", "● ran: exit 0"));
  const third = await decide("approve");
  expect(driver.pressed).toHaveLength(2);
  await show(idle());
  expect(await third.ended).toMatchObject({ record: { state: "consumed" } });
});

test("the reason of a denial whose key did nothing is not told", async () => {
  const { show, decide, stores, told } = await launched();
  await show(dialog("make"));
  const { ended } = await decide("deny", "not now");
  await stores.clock.advance(ANSWER_MS + 2_000);
  expect(await ended).toMatchObject({ error: { code: "approval.unanswered" } });
  expect(told).toEqual([]);
});

test("the first of two verdicts at once wins, and one key is pressed", async () => {
  const { show, only, screens, driver } = await launched();
  await show(dialog("make"));
  const asked = await only();
  const both = Promise.allSettled([
    screens.decide(asked, { verdict: "deny" }, "human"),
    screens.decide(asked, { verdict: "approve" }, "human"),
  ]);
  await settle();
  await show(idle());
  const [first, second] = await both;
  expect(first).toMatchObject({ status: "fulfilled", value: { state: "denied" } });
  expect(second).toMatchObject({ reason: { code: "approval.decided" } });
  expect(driver.pressed).toEqual([{ paneId: "%1", keys: ["2"] }]);
});

test("nobody's answer in time is no answer: nothing is pressed, and what still waits is asked anew", async () => {
  const { show, only, stores, driver, all } = await launched();
  await show(dialog("make"));
  const asked = await only();
  await stores.clock.advance(TTL_MS);
  await stores.approvals.expire(stores.clock.now());
  await settle();
  expect(driver.pressed).toEqual([]);
  expect(await all()).toMatchObject([{ state: "pending" }, { id: asked.id, state: "expired" }]);
});

test("an agent that ends leaves its question abandoned", async () => {
  const { show, all } = await launched();
  await show(dialog("make"));
  await show({ text: "", dead: true, exitCode: 1 });
  expect(await all()).toMatchObject([{ state: "abandoned", reason: "dev is exited" }]);
});

test("a lost tmux server leaves its questions abandoned", async () => {
  const { show, all, driver } = await launched();
  await show(dialog("make"));
  driver.emit({ kind: "server-lost" });
  await settle();
  expect(await all()).toMatchObject([{ state: "abandoned", reason: "dev is lost" }]);
});

test("where only the end of a dialog is in sight nobody says yes to it, and a no is taken", async () => {
  const { show, only, dev } = await launched();
  await show(dialog("make"));
  const asked = await only();
  const look = await dev.look();
  const { detection } = look;
  if (detection.dialog === undefined) throw new Error("no dialog is seen");
  const part = {
    ...look,
    detection: { ...detection, dialog: { ...detection.dialog, isWhole: false } },
  };
  const question = detection.dialog;
  const of = { record: asked, question };
  expect(answerOn(look, of, "approve").keys).toEqual(["1"]);
  expect(() => answerOn(part, of, "approve")).toThrow("only its end is in sight");
  expect(answerOn(part, of, "deny").keys).toEqual(["2"]);
});

test("an answer whose key is not known, or is not one of the allowed, is not given", async () => {
  const { show, only, dev } = await launched();
  await show(dialog("make"));
  const asked = await only();
  const look = await dev.look();
  const { detection } = look;
  if (detection.dialog === undefined) throw new Error("no dialog is seen");
  const answers = { approve: ["1", "rm"] };
  const odd = { ...look, detection: { ...detection, dialog: { ...detection.dialog, answers } } };
  const of = { record: asked, question: detection.dialog };
  expect(() => answerOn(odd, of, "approve")).toThrow("not known");
  expect(() => answerOn(odd, of, "deny")).toThrow("not known");
});

test("what a full disk kept from being written is written when there is room again", async () => {
  const plain = world();
  const { approvals } = plain.stores;
  const full = new ConductorError("store.full", "the disk is full");
  let isFull = false;
  const orFail = async <T>(write: () => Promise<T>): Promise<T> => {
    if (isFull) throw full;
    return write();
  };
  const { show, decide, stores, all, only, screens, driver } = await launched({
    ...plain,
    approvals: {
      ...approvals,
      request: (...asked) => orFail(() => approvals.request(...asked)),
      consume: (...used) => orFail(() => approvals.consume(...used)),
      finish: (...end) => orFail(() => approvals.finish(...end)),
    },
  });
  isFull = true;
  await show(dialog("make"));
  await stores.clock.advance(60_000);
  expect(await all()).toEqual([]);
  isFull = false;
  await stores.clock.advance(RETRY_MS);
  const asked = await only();

  isFull = true;
  const refused = await decide("approve");
  expect(await refused.ended).toMatchObject({ error: { code: "store.full" } });
  expect(driver.pressed).toEqual([]);
  isFull = false;
  await stores.clock.advance(RETRY_MS);
  expect(await only()).not.toMatchObject({ id: asked.id });

  const done = screens.decide(await only(), { verdict: "approve" }, "human");
  await settle();
  isFull = true;
  await show(idle());
  isFull = false;
  await stores.clock.advance(RETRY_MS);
  expect(await done).toMatchObject({ state: "consumed" });
});

/** Kills the first daemon after `until`, and starts another one on what it left. */
async function afterCrash(before: (of: Awaited<ReturnType<typeof launched>>) => Promise<void>) {
  const first = await launched();
  await first.show(dialog("make"));
  await before(first);
  first.end();
  const { clock } = first.stores;
  const life = await daemon(first);
  await clock.advance(3 * SETTLE_MS);
  return { ...first, ...life };
}

test("a restart finds the request of a dialog that still stands, and does not double it", async () => {
  const { all, screens, driver, show } = await afterCrash(async () => undefined);
  const [asked, ...more] = await all();
  expect(more).toEqual([]);
  if (asked === undefined) throw new Error("nothing is asked");
  const done = screens.decide(asked, { verdict: "approve" }, "human");
  await settle();
  expect(driver.pressed).toHaveLength(1);
  await show(idle());
  expect(await done).toMatchObject({ state: "consumed" });
});

test("a dialog that was answered while no daemon looked is settled", async () => {
  const { all } = await afterCrash(async ({ driver }) => driver.show("%1", idle()));
  expect(await all()).toMatchObject([{ state: "cancelled", reason: "answered in the pane" }]);
});

const yes = { verdict: "approve" } as const;

test("a verdict without a key is carried out once where the dialog is the same", async () => {
  const { driver, show, all } = await afterCrash(async ({ stores, only }) => {
    await stores.approvals.decide((await only()).id, yes, "human", stores.clock.now());
  });
  expect(driver.pressed).toEqual([{ paneId: "%1", keys: ["1"] }]);
  await show(idle());
  expect(await all()).toMatchObject([{ state: "consumed", outcome: "answered" }]);
});

test("a verdict without a key is dropped where the same command is asked again", async () => {
  const { driver, all } = await afterCrash(async ({ stores, only, driver: panes }) => {
    await stores.approvals.decide((await only()).id, yes, "human", stores.clock.now());
    panes.show("%1", dialog("make", "● I will clean up\n● ran: exit 0"));
  });
  expect(driver.pressed).toEqual([]);
  expect(await all()).toMatchObject([{ state: "pending" }, { state: "cancelled" }]);
});

test.each(["approve", "deny"] as const)(
  "a key that was about to be pressed is never pressed again: %s",
  async (verdict) => {
    const { driver, stores, all, only, screens, show } = await afterCrash(async (first) => {
      const { id } = await first.only();
      await first.stores.approvals.decide(id, { verdict }, "human", first.stores.clock.now());
      await first.stores.approvals.consume(id, first.stores.clock.now());
    });
    await stores.clock.advance(ANSWER_MS + 2_000);
    expect(driver.pressed).toEqual([]);
    expect(await all()).toMatchObject([{ state: "pending" }, { outcome: "failed" }]);
    const again = await only();
    await expect(screens.decide(again, yes, "human")).rejects.toMatchObject({
      code: "approval.unanswered",
    });
    await show(idle());
    expect(await all()).toMatchObject([{ state: "cancelled" }, { outcome: "failed" }]);
  },
);

test("a dialog that outlived its key is left to a person by the next daemon, too", async () => {
  const { only, screens, driver } = await afterCrash(async ({ stores, only: first }) => {
    const { id } = await first();
    await stores.approvals.decide(id, yes, "human", stores.clock.now());
    await stores.approvals.consume(id, stores.clock.now());
    await stores.approvals.finish(id, { outcome: "failed", why: "it stays" });
  });
  const again = await only();
  expect(again.action.why).toContain("answer it in the pane");
  await expect(screens.decide(again, yes, "human")).rejects.toMatchObject({
    code: "approval.unanswered",
  });
  expect(driver.pressed).toEqual([]);
});

test("a denied question whose end nobody saw still tells its reason, once", async () => {
  const { told, all } = await afterCrash(async ({ stores, only, driver }) => {
    const { id } = await only();
    const no = { verdict: "deny", reason: "not now" } as const;
    await stores.approvals.decide(id, no, "human", stores.clock.now());
    await stores.approvals.consume(id, stores.clock.now());
    driver.show("%1", idle("● denied"));
  });
  expect(told).toHaveLength(1);
  expect(await all()).toMatchObject([{ state: "denied", outcome: "answered" }]);
});

test("the list of failpoints, each of which a test kills the daemon at, is that of the code", () => {
  const code = readFileSync(path.resolve(import.meta.dirname, SOURCE), "utf8");
  const passed = [...code.matchAll(/failpoint\?\.\(\s*"([^"]+)"/g)].map((match) => match[1]);
  expect(new Set(passed)).toEqual(new Set(APPROVAL_FAILPOINTS));
});
