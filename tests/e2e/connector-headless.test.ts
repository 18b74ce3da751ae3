import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { newId } from "../../src/base/ids.ts";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { PANELESS_FAILPOINTS } from "../../src/daemon/paneless.ts";
import { processesOf } from "../support/agent-world.ts";
import { connectorSuite } from "../support/connector-suite.ts";
import { startHost } from "../support/connectors.ts";
import { installPaneless } from "../support/paneless-agents.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf } from "../support/scripted.ts";

const world = (): Product => installPaneless(product());

function taken({ home }: Product): string[] {
  const file = path.join(home, ".headless/prompts.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line): string => JSON.parse(line));
}

function agents({ folder }: Product): number[] {
  return processesOf(folder)
    .filter((each) => each.includes("headless-agent.ts") && !each.includes("/bin/sh"))
    .map((each) => Number.parseInt(each, 10));
}

connectorSuite({
  name: "headless",
  world,
  driven: ({ folder }) => ({ kind: "headless", provider: "printer", cwd: folder }),
  taken,
  agents,
  failpoints: PANELESS_FAILPOINTS,
});

async function opened() {
  const made = world();
  const work = path.join(made.folder, "work");
  mkdirSync(path.join(work, "src"), { recursive: true });
  writeFileSync(path.join(work, "src/a.txt"), "work");
  const host = await startHost(made, { kind: "headless", provider: "printer", cwd: work });
  const id = newId("t");
  const session = host.session(id);
  await session.open();
  await host.follow(id);
  const remove = (key: string) => session.prompt(key, "do:run rm -rf src");
  const isThere = () => existsSync(path.join(work, "src/a.txt"));
  return { made, host, id, session, remove, isThere };
}

test("what its shell runs waits for a human, is denied with a reason, and runs after a yes", async () => {
  const { made, host, id, session, remove, isThere } = await opened();
  const client = clientOf(made);
  const asked = async (): Promise<ApprovalView> => {
    let waiting: ApprovalView[] = [];
    await until(async () => {
      waiting = (await client.approvals()).filter((each) => each.terminalId === id);
      return waiting.length > 0;
    }, "an approval waits");
    const [first] = waiting;
    if (first === undefined) throw new Error("nothing waits");
    return first;
  };
  const denied = remove("denied");
  const first = await asked();
  expect(await session.status()).toMatchObject({ status: "waiting", detail: "permission" });
  expect(isThere()).toBe(true);
  await client.decide(first.id, { verdict: "deny", reason: "we need it" });
  expect((await denied).result?.text).toContain("we need it");
  expect(isThere()).toBe(true);
  const approved = remove("approved");
  const second = await asked();
  await client.decide(second.id, { verdict: "approve" });
  expect((await approved).result?.text).toContain("ran: exit 0");
  expect(isThere()).toBe(false);
  expect(host.updates).toContainEqual({ approvalId: first.id, kind: "command" });
});

test("its conversation goes on from prompt to prompt, over a restart and the daemon's death", async () => {
  const { made, host, id, session } = await opened();
  await session.prompt("zero", "before");
  expect(await made.json("restart", id, "--resume")).toMatchObject({ resumed: true });
  await session.prompt("one", "first");
  expect(await session.prompt("two", "second")).toMatchObject({
    result: { text: "prompt 3 of this session: second" },
    usage: { calls: 1, input: 7, output: 3 },
  });
  await host.kill();
  const again = await startHost(made, { kind: "headless", provider: "printer", cwd: made.folder });
  expect(await again.session(id).prompt("three", "third")).toMatchObject({
    result: { text: "prompt 4 of this session: third" },
  });
});

test("a result that came while no daemon ran is there for the next one", async () => {
  const { made, host, id, session } = await opened();
  void session.prompt("slow", "do:slow 1").catch(() => undefined);
  await until(() => taken(made).length === 1, "it works");
  await host.kill();
  await until(() => agents(made).length === 0, "its process has ended");
  const again = await startHost(made, { kind: "headless", provider: "printer", cwd: made.folder });
  expect(await again.session(id).prompt("slow", "do:slow 1")).toMatchObject({
    result: { text: "slowly done" },
  });
});

test("a process that ends without a result fails its turn, and says how it ended", async () => {
  const { session } = await opened();
  await expect(session.prompt("crash", "do:crash")).rejects.toMatchObject({
    code: "agent.failed",
    message: expect.stringContaining("ended with 3"),
  });
});

test("one that prints without an end is ended", async () => {
  const { session } = await opened();
  await expect(session.prompt("flood", "do:flood 400")).rejects.toMatchObject({
    message: expect.stringContaining("printed more than is read"),
  });
  expect(await session.prompt("next", "do:say on")).toMatchObject({ result: { text: "on" } });
});
