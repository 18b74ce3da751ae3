/** A yes, and all that may happen to it before it is used: each use but the first right one is refused. */
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { createApprovalDesk } from "../../src/daemon/approval-desk.ts";
import { createGatekeeper, type Ruling } from "../../src/daemon/gatekeeper.ts";
import { createPasses } from "../../src/daemon/hooks/passes.ts";
import { openPolicies } from "../../src/drivers/files/index.ts";
import { addTerminal, temporaryFolder, testStores } from "../support/stores.ts";

const YES = { verdict: "approve" } as const;
const NO = { verdict: "deny" } as const;
const TTL_MS = 60_000;
const WAIT_MS = 1_000;

function world() {
  const home = temporaryFolder();
  const workspace = path.join(home, "work");
  mkdirSync(path.join(workspace, "src"), { recursive: true });
  const policy = path.join(home, "policy.yaml");
  copyFileSync("policies/default.yaml", path.join(home, "default.yaml"));
  const stores = testStores();
  const { approvals, journal, clock } = stores;
  const none = (): never => {
    throw new Error("no screen is asked here");
  };
  const desk = createApprovalDesk({
    approvals,
    journal,
    clock,
    terminals: none,
    screens: { decide: none },
    ttlMs: TTL_MS,
  });
  const gatekeeper = createGatekeeper({
    policies: openPolicies({
      builtin: "policies/builtin.yaml",
      shipped: path.join(home, "default.yaml"),
      own: policy,
      trust: path.join(home, "trust.json"),
      onChange: () => undefined,
    }),
    decisions: stores.decisions,
    approvals,
    grants: stores.grants,
    desk,
    passes: createPasses(clock),
    unwrap: () => undefined,
    clock,
    home,
    user: "dev",
    ttlMs: TTL_MS,
    waitMs: WAIT_MS,
    hashKey: "key",
  });
  return {
    workspace,
    approvals,
    clock,
    edit: (sql: string) => {
      const other = new Sqlite(stores.file);
      other.exec(sql);
      other.close();
    },
    rule: (text: string) => writeFileSync(policy, `version: 1\nrules:\n  - ${text}\n`),
    agent: async (name: string) => {
      const record = await addTerminal(stores, { name, cwd: workspace });
      return (text: string) =>
        gatekeeper.judge(
          { text, cwd: workspace, source: "bash" },
          { record, hold: () => () => undefined },
        );
    },
  };
}

/** Of a command that waits; its caller stays. */
function wait(ruling: Ruling) {
  if (ruling.kind !== "wait") throw new Error(`it is ${ruling.kind}`);
  const { number, settled } = ruling;
  return { number: String(number), settled: settled(new AbortController().signal) };
}

const RISKY = "rm -rf src";

test("of two answers at once one counts, and the other is told that it is decided", async () => {
  const { approvals, agent, clock } = world();
  const { number, settled } = wait(await (await agent("dev"))(RISKY));
  const now = clock.now();
  const said = await Promise.allSettled([
    approvals.decide(number, YES, "human", now),
    approvals.decide(number, NO, "human:alice", now),
    approvals.decide(number, YES, "human:bob", now),
  ]);
  expect(said.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const errors = said.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(errors).toMatchObject([{ code: "approval.decided" }, { code: "approval.decided" }]);
  expect(await settled).toMatchObject({ kind: "allow" });
});

test("a yes that one agent came too early for is not used by another", async () => {
  const { approvals, agent, clock } = world();
  const [dev, other] = [await agent("dev"), await agent("other")];
  const first = wait(await dev(RISKY));
  await clock.advance(WAIT_MS);
  expect(await first.settled).toMatchObject({ message: expect.stringContaining("again after") });
  await approvals.decide(first.number, YES, "human", clock.now());
  expect(wait(await other(RISKY)).number).toBe("2");
  expect(await dev(RISKY)).toMatchObject({ kind: "allow" });
  expect((await approvals.get(first.number)).state).toBe("consumed");
  expect(wait(await dev(RISKY)).number).toBe("3");
});

test("two shells that wait for one question: a yes lets one of them run", async () => {
  const { approvals, agent, clock } = world();
  const dev = await agent("dev");
  const waits = [wait(await dev(RISKY)), wait(await dev(RISKY))];
  expect(waits.map(({ number }) => number)).toEqual(["1", "1"]);
  await approvals.decide("1", YES, "human", clock.now());
  const ends = await Promise.all(waits.map(({ settled }) => settled));
  expect(ends).toEqual([
    expect.objectContaining({ kind: "allow" }),
    { kind: "deny", message: expect.stringContaining("approval 1 was used once already") },
  ]);
});

test("a row that says yes, and nobody in the journal who did, lets nothing run", async () => {
  const { approvals, agent, clock, edit } = world();
  const dev = await agent("dev");
  const early = wait(await dev(RISKY));
  await clock.advance(WAIT_MS);
  expect(await early.settled).toMatchObject({ kind: "deny" });
  edit("UPDATE approvals SET state = 'approved', decided_by = 'human'");
  expect(await dev(RISKY)).toEqual({
    kind: "deny",
    message: expect.stringContaining("the journal has nobody who said so"),
  });
  expect((await approvals.get("1")).usedAt).toBeNull();
});

test("after its time a yes is refused, given late or used late", async () => {
  const { approvals, agent, clock } = world();
  const dev = await agent("dev");
  const late = wait(await dev(RISKY));
  await clock.advance(TTL_MS);
  await expect(approvals.decide(late.number, YES, "human", clock.now())).rejects.toMatchObject({
    code: "approval.decided",
  });
  expect(await late.settled).toMatchObject({ kind: "deny" });
  const unused = wait(await dev(RISKY));
  await clock.advance(WAIT_MS);
  await approvals.decide(unused.number, YES, "human", clock.now());
  await clock.advance(TTL_MS);
  expect(wait(await dev(RISKY)).number).toBe("3");
});

test("a yes by the one who asks is refused, as is the same person's second of a quorum", async () => {
  const { approvals, agent, clock, rule } = world();
  rule("{ id: two, match: { command: rm }, effect: ask, approvals: { quorum: 2 } }");
  const { number } = wait(await (await agent("dev"))(RISKY));
  const { terminalId } = await approvals.get(number);
  const decide = (by: string) => approvals.decide(number, YES, by, clock.now());
  await expect(decide(`agent:${terminalId}`)).rejects.toMatchObject({ code: "auth.refused" });
  expect(await decide("human:alice")).toMatchObject({ state: "pending" });
  await expect(decide("human:alice")).rejects.toMatchObject({ code: "state.conflict" });
  expect(await decide("human")).toMatchObject({ state: "approved" });
});

/** What may become something else between the question and the yes. */
const CHANGES: Readonly<Record<string, (at: ReturnType<typeof world>) => void>> = {
  "a link leads elsewhere": ({ workspace }) => {
    rmSync(path.join(workspace, "link"));
    symlinkSync(path.join(workspace, "src"), path.join(workspace, "link"));
  },
  "a script that it names has other words": ({ workspace }) =>
    writeFileSync(path.join(workspace, "go.sh"), "echo two\n"),
  "the policy asks for two people": ({ rule }) =>
    rule("{ id: two, match: { command: rm }, effect: ask, approvals: { quorum: 2 } }"),
};

test.each(Object.entries(CHANGES))("%s: the yes is to something else", async (_what, change) => {
  const at = world();
  const { approvals, agent, clock, workspace } = at;
  mkdirSync(path.join(workspace, "other"));
  symlinkSync(path.join(workspace, "other"), path.join(workspace, "link"));
  writeFileSync(path.join(workspace, "go.sh"), "echo one\n");
  const dev = await agent("dev");
  const text = "rm -rf link/a && sh go.sh";
  const { settled } = wait(await dev(text));
  change(at);
  await approvals.decide("1", YES, "human", clock.now());
  expect(await settled).toMatchObject({
    kind: "deny",
    message: expect.stringContaining("changed after the yes to #1"),
  });
  expect(wait(await dev(text)).number).toBe("2");
});

test("a policy that refuses by now is obeyed, whatever was said yes to", async () => {
  const { approvals, agent, clock, rule } = world();
  const dev = await agent("dev");
  const waiting = wait(await dev(RISKY));
  const late = wait(await dev("rm -rf src/x"));
  await clock.advance(WAIT_MS);
  await Promise.all([waiting.settled, late.settled]);
  const again = wait(await dev(RISKY));
  rule("{ id: never, match: { command: rm }, effect: deny, reason: Never }");
  for (const number of [again.number, late.number])
    await approvals.decide(number, YES, "human", clock.now());
  const refused = { kind: "deny", message: expect.stringContaining("refused by policy: Never") };
  expect(await again.settled).toMatchObject(refused);
  expect(await dev("rm -rf src/x")).toMatchObject(refused);
});
