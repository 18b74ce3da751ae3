import { expect, test } from "vitest";
import { title } from "../../src/fake-agent/view.ts";
import { Driven } from "./drive.ts";

const rule = "─".repeat(40);

test("an idle agent shows an empty composer between two rules", () => {
  const agent = new Driven();
  expect(agent.screen()).toEqual([rule, "> \u001b[2mType a message\u001b[22m", rule, "? for help"]);
  expect(title(agent.state)).toBe("◇ scripted");
});

test("a working agent counts seconds above its composer", () => {
  const agent = new Driven().submit("do:slow 9").finishWork().pass(3900);
  expect(agent.screen()[1]).toBe("* working… (4s)");
  expect(title(agent.state)).toBe("◆ scripted");
});

test("a permission dialog takes the composer's place and shows the whole command", () => {
  const agent = new Driven().submit(`do:run echo ${"x".repeat(40)}`).finishWork();
  expect(agent.screen()).toEqual([
    rule,
    "Allow this command?",
    `  $ echo ${"x".repeat(31)}`,
    `    ${"x".repeat(9)}`,
    "❯ 1. Yes",
    "  2. No",
    "enter confirm · esc deny",
  ]);
  expect(title(agent.state)).toBe("? scripted");
});

test("a short paste is shown, a long one is folded", () => {
  expect(new Driven().paste("a\nb\nc").screen().slice(1, 4)).toEqual(["> a", "  b", "  c"]);
  expect(new Driven().paste("a\nb\nc\nd").screen()[1]).toBe("> [Pasted text +4 lines]");
  expect(new Driven().type("see ").paste("x".repeat(2000)).screen()[1]).toBe(
    "> see [Pasted text +1 lines]",
  );
});

test("nothing typed can steer the terminal", () => {
  const screen = new Driven().paste("a\u001b]2;owned\u0007\u009b2Jb").screen();
  expect(screen[1]).toBe("> a·]2;owned··2Jb");
});

test("a draft taller than the screen shows its end", () => {
  const agent = new Driven();
  for (let line = 1; line <= 30; line += 1) agent.type(`line ${line}`).key("newline");
  const screen = agent.type("last").screen(40, 12);
  expect(screen).toHaveLength(7);
  expect(screen.slice(1, 5)).toEqual(["> line 28", "  line 29", "  line 30", "  last"]);
});
