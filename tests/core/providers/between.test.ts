import { expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { shipped } from "./recordings.ts";

const RULE = "─".repeat(80);

test("Claude Code that has stopped for a dialog and not drawn it yet is not idle", () => {
  const lines = [
    "❯ do:run touch made-by-agent",
    "",
    "● I will run a command.",
    "",
    "● Bash(touch made-by-agent)",
    "  ⎿  Waiting…",
    "",
    "  Waiting for permission…",
    "",
    RULE,
    "❯\u00A0",
    RULE,
    "  ⏸ manual mode on · esc to interrupt · ← for agents",
  ];
  const seen = detect(shipped("claude-code"), {
    screen: lines.join("\n"),
    title: "✳ Claude Code",
    dispatched: true,
  });
  expect(seen).toMatchObject({ status: "working", rule: "before-permission" });
});

test("Claude Code that has stopped in its title and not drawn its last lines yet is not idle", () => {
  const screen = (footer: string) =>
    ["❯ tell me", "", "● The first line,", "", RULE, "❯\u00A0", RULE, footer].join("\n");
  const judge = (footer: string) =>
    detect(shipped("claude-code"), { screen: screen(footer), title: "✳ Claude Code" }).status;
  expect(judge("  ⏸ manual mode on · esc to interrupt · ← for agents")).toBe("working");
  expect(judge("  ⏸ manual mode on · ? for shortcuts · ← for agents")).toBe("idle");
});
