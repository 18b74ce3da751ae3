import { expect, test } from "vitest";
import type { InputRequest } from "../../../src/contract/input.ts";
import { bench, spec } from "./bench.ts";

test.each<[string, InputRequest, string[], string[][]]>([
  ["text", { text: "yes" }, ["yes"], []],
  ["keys", { keys: ["Enter"] }, [], [["Enter"]]],
  ["both", { text: "yes", keys: ["Enter"] }, ["yes"], [["Enter"]]],
])("a person types %s, and what it was is nobody's to keep", async (_what, input, pasted, keys) => {
  const { driver, stores, terminals } = bench();
  const dev = await terminals.launch(spec("dev"), "human");
  await terminals.type(dev, input, "human");
  expect(driver.pasted.map(({ text }) => text)).toEqual(pasted);
  expect(driver.pressed.map((each) => each.keys)).toEqual(keys);
  const told = (await stores.journal.after(0, 100)).find(({ type }) => type === "terminal.typed");
  expect(told?.data).toMatchObject({ characters: pasted.join("").length, keys: keys.length });
  expect(JSON.stringify(told)).not.toContain("yes");
});

test("a new name is shown in tmux too while the terminal has a pane", async () => {
  const { driver, terminals } = bench();
  const renamed: string[] = [];
  driver.rename = async (pane, name) => void renamed.push(`${pane} ${name}`);
  const dev = await terminals.launch(spec("dev"), "human");
  await terminals.rename(dev, "fixer", "human");
  await terminals.stop(dev, { actor: "human", force: true });
  await terminals.rename(dev, "gone", "human");
  expect(terminals.find("gone")).toBe(dev);
  expect(renamed).toEqual(["%1 fixer"]);
});
