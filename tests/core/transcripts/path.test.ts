import { expect, test } from "vitest";
import { transcriptPath } from "../../../src/core/transcripts/index.ts";

const SESSION = "11111111-2222-4333-8444-555555555555";

test("a session with an id of ours has one file", () => {
  const place = {
    root: "/home/x/.claude",
    path: "projects/{folder}/{session}.jsonl",
    cwd: "/tmp/my.shop_2",
    session: SESSION,
  };
  expect(transcriptPath(place)).toMatchObject({
    file: `/home/x/.claude/projects/-tmp-my-shop-2/${SESSION}.jsonl`,
    isExact: true,
  });
  expect(transcriptPath({ ...place, session: null })).toMatchObject({
    file: undefined,
    under: "/home/x/.claude/projects/-tmp-my-shop-2",
    isExact: false,
  });
});

test("a star stays within a name, and everything else is meant as it is written", () => {
  const { pattern, under } = transcriptPath({
    root: "/home/x.y/.codex",
    path: "sessions/*/*/*/rollout-*.jsonl",
    cwd: "/tmp",
    session: null,
  });
  expect(under).toBe("/home/x.y/.codex/sessions");
  expect(pattern.test("/home/x.y/.codex/sessions/2026/11/21/rollout-a.jsonl")).toBe(true);
  expect(pattern.test("/home/xzy/.codex/sessions/2026/11/21/rollout-a.jsonl")).toBe(false);
  expect(pattern.test("/home/x.y/.codex/sessions/2026/11/rollout-a.jsonl")).toBe(false);
  expect(pattern.test("/home/x.y/.codex/sessions/2026/11/21/rollout-a.jsonl.bak")).toBe(false);
});
