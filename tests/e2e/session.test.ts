import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { MessageView } from "../../src/contract/messages.ts";
import type { TerminalView } from "../../src/contract/terminals.ts";
import { type Product, product, until } from "../support/product.ts";

async function view(world: Product, name: string): Promise<TerminalView | undefined> {
  const all = await world.json<TerminalView[]>("ls", "--all");
  return all.findLast((terminal) => terminal.name === name);
}

async function launchAgent(world: Product, name: string): Promise<string> {
  const receipts = path.join(world.folder, `${name}.receipts`);
  const args = ["launch", "--provider", "scripted", "--name", name, "--no-attach", "--no-panel"];
  const ran = await world.run(...args, "--cwd", world.folder, "--", "--receipts", receipts);
  expect(ran.stderr).toBe("");
  await until(async () => (await view(world, name))?.status === "idle", `${name} is idle`);
  return receipts;
}

function submitted(receipts: string): string[] {
  return readFileSync(receipts, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const receipt: { text: string } = JSON.parse(line);
      return receipt.text;
    });
}

test("a message is typed once, answered, and its turn's result comes back", async () => {
  const world = product();
  const receipts = await launchAgent(world, "dev");
  const ran = await world.run("send", "dev", "do:say forty-two", "--wait");
  expect(ran).toMatchObject({ code: 0, stdout: "forty-two\n" });
  expect(submitted(receipts)).toEqual(["do:say forty-two"]);
  const [message] = await world.json<MessageView[]>("inbox", "dev");
  expect(message).toMatchObject({ state: "delivered", turn: { state: "completed" } });
  expect(message?.receipt).toBeTruthy();
});

test("messages to a busy agent wait and arrive in the order they were sent", async () => {
  const world = product();
  const receipts = await launchAgent(world, "dev");
  for (const text of ["do:slow 1", "second", "third"]) await world.run("send", "dev", text);
  await until(() => submitted(receipts).length === 3, "all three were submitted");
  expect(submitted(receipts)).toEqual(["do:slow 1", "second", "third"]);
});

test("a killed daemon harms no agent, and the next one finds it and goes on", async () => {
  const world = product();
  const receipts = await launchAgent(world, "dev");
  const before = await view(world, "dev");
  await world.killDaemon();
  const ran = await world.run("send", "dev", "do:say still here", "--wait");
  expect(ran).toMatchObject({ code: 0, stdout: "still here\n" });
  expect(await view(world, "dev")).toMatchObject({ id: before?.id, paneId: before?.paneId });
  expect(submitted(receipts)).toEqual(["do:say still here"]);
});
