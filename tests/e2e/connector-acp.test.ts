import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { newId } from "../../src/base/ids.ts";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { PANELESS_FAILPOINTS } from "../../src/daemon/paneless.ts";
import { processesOf } from "../support/agent-world.ts";
import { connectorSuite } from "../support/connector-suite.ts";
import { type Driven, startHost } from "../support/connectors.ts";
import { installPaneless } from "../support/paneless-agents.ts";
import { type Product, product, until } from "../support/product.ts";
import { clientOf } from "../support/scripted.ts";

const world = (): Product => installPaneless(product());

const driven = ({ folder }: Product): Driven => ({
  kind: "acp",
  provider: "speaker",
  cwd: folder,
});

connectorSuite({
  name: "acp",
  world,
  driven,
  taken: ({ home }) => {
    const file = path.join(home, ".acp/prompts.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line): string => JSON.parse(line));
  },
  agents: ({ folder }) =>
    processesOf(folder)
      .filter((each) => each.includes("acp-agent.ts") && !each.includes("/bin/sh"))
      .map((each) => Number.parseInt(each, 10)),
  failpoints: PANELESS_FAILPOINTS,
});

async function opened() {
  const made = world();
  const host = await startHost(made, driven(made));
  const id = newId("t");
  const session = host.session(id);
  await session.open();
  const asked = async (): Promise<ApprovalView> => {
    let waiting: ApprovalView[] = [];
    await until(async () => {
      waiting = (await clientOf(made).approvals()).filter((each) => each.terminalId === id);
      return waiting.length > 0;
    }, "an approval waits");
    const [first] = waiting;
    if (first === undefined) throw new Error("nothing waits");
    return first;
  };
  const decide = (approval: ApprovalView, verdict: "approve" | "deny") =>
    clientOf(made).decide(approval.id, { verdict });
  return { made, host, id, session, asked, decide };
}

test("its session goes on from prompt to prompt, each with a process of its own, and over a restart", async () => {
  const { made, id, session } = await opened();
  await session.prompt("one", "first");
  const goesOn = async (key: string) => (await session.prompt(key, "again")).result?.text;
  expect(await goesOn("two")).toBe("prompt 2 of this session: again");
  expect(await made.json("restart", id, "--resume")).toMatchObject({ resumed: true });
  expect(await goesOn("three")).toBe("prompt 3 of this session: again");
});

test("what it asks leave for waits for a human, and is allowed once or refused", async () => {
  const { session, asked, decide } = await opened();
  const refused = session.prompt("no", "do:permit send a letter");
  const first = await asked();
  expect(first.action).toMatchObject({ kind: "tool", text: "send a letter" });
  expect(await session.status()).toMatchObject({ status: "waiting", detail: "permission" });
  await decide(first, "deny");
  expect((await refused).result?.text).toBe("refused");
  const allowed = session.prompt("yes", "do:permit send a letter");
  await decide(await asked(), "approve");
  expect((await allowed).result?.text).toBe("allowed");
});

test("its shell's text is judged by the policy: what is harmless runs, what is not waits", async () => {
  const { made, session, asked, decide } = await opened();
  mkdirSync(path.join(made.folder, "src"));
  writeFileSync(path.join(made.folder, "src/a.txt"), "work");
  expect((await session.prompt("ls", "do:shell ls")).result?.text).toBe("ran: exit 0");
  const removal = session.prompt("rm", "do:shell rm -rf src");
  await decide(await asked(), "deny");
  expect((await removal).result?.text).toBe("refused");
  expect(existsSync(path.join(made.folder, "src/a.txt"))).toBe(true);
});

test("the daemon killed while it waits for leave: the next one asks again, and it goes on", async () => {
  const { made, host, id, session, asked, decide } = await opened();
  void session.prompt("one", "do:permit send a letter").catch(() => undefined);
  const first = await asked();
  await host.kill();
  const again = await startHost(made, driven(made));
  const second = await asked();
  expect(second.id).not.toBe(first.id);
  const end = again.session(id).prompt("one", "do:permit send a letter");
  await decide(second, "approve");
  expect((await end).result?.text).toBe("allowed");
});
