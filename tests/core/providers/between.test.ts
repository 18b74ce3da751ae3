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
