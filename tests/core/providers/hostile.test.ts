/** What stands inside an answer or in a draft is text, whatever it looks like. */
import { expect, test } from "vitest";
import { detect } from "../../../src/core/providers/index.ts";
import { viewOf } from "../../../src/core/providers/view.ts";
import { type Recording, recordings, screenOf, shipped } from "./recordings.ts";

/** How each CLI draws a turn: the lines around an answer, and the indentation of its text. */
const TURNS: Record<string, { before: string[]; indent: string; after: string[]; draft: string }> =
  {
    "claude-code": {
      before: ["❯ show me", "", "● It looked like this:", ""],
      indent: "  ",
      after: ["", "✻ Worked for 1s · done 3:30 AM", ""],
      draft: "please fix the",
    },
    codex: {
      before: ["› show me", "", "", "• It looked like this:", ""],
      indent: "  ",
      after: ["", "  Worked for 2s • 03:33", "", ""],
      draft: "please fix the",
    },
    gemini: {
      before: ["▄".repeat(80), " > show me", "▀".repeat(80), "✦ It looked like this:", ""],
      indent: "  ",
      after: ["", `${" ".repeat(64)}? for shortcuts`, "─".repeat(80), " Shift+Tab to accept edits"],
      draft: "[Pasted Text: 7 lines]",
    },
    opencode: {
      before: ["  ┃", "  ┃  show me", "  ┃", "", "     It looked like this:", ""],
      indent: "     ",
      after: ["", "     ▣  Build · Lab Model · 1.2s", ""],
      draft: "fix the login bug and run tests",
    },
    qwen: {
      before: ["  > show me", "", "  ◆︎ It looked like this:", ""],
      indent: "    ",
      after: [""],
      draft: "fix the login bug and run tests",
    },
    copilot: {
      before: [" ❯ show me", "", " ● It looked like this:", ""],
      indent: "   ",
      after: ["", " /home/devs/project"],
      draft: "fix the login bug and run tests",
    },
  };
const NAMES = Object.keys(TURNS);
const ALL = NAMES.flatMap((name) => recordings(name));

/** The composer of an idle screen and all under it. */
function foot(name: string): { lines: readonly string[]; title: string } {
  const definition = shipped(name);
  const idle = recordings(name).find((it) => it.state.startsWith("completed"));
  if (idle === undefined) throw new Error(`no finished screen of ${name}`);
  const view = viewOf({ screen: screenOf(idle, "txt") }, definition);
  return { lines: view.screen.lines.slice(view.composer?.top ?? 0), title: idle.title };
}

function tail(recording: Recording, count: number): string[] {
  const lines = screenOf(recording, "txt").split("\n");
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count);
}

test.each(NAMES)("%s: a dialog or a spinner quoted in an answer is text", (name) => {
  const definition = shipped(name);
  const turn = TURNS[name];
  const { lines, title } = foot(name);
  const fooled: string[] = [];
  const quotable = ALL.filter(
    (it) => ["waiting", "working"].includes(it.status) && !(name === "opencode" && isFloating(it)),
  );
  for (const quoted of quotable) {
    const text = tail(quoted, 18).map((line) => `${turn?.indent}${line}`);
    const screen = [...(turn?.before ?? []), ...text, ...(turn?.after ?? []), ...lines].join("\n");
    for (const asked of [{ title }, {}]) {
      const seen = detect(definition, { screen, dispatched: true, ...asked });
      if (seen.status !== "idle" || seen.detail !== "" || seen.composer !== "empty")
        fooled.push(
          `${quoted.id} ${"title" in asked}: ${seen.status}(${seen.detail}) ${seen.rule}`,
        );
    }
  }
  expect(fooled).toEqual([]);
});

/** Such a list lies over the text of an answer itself: in plain text nothing tells it from a quotation. */
function isFloating(recording: Recording): boolean {
  if (recording.provider !== "opencode") return false;
  return detect(shipped("opencode"), { screen: screenOf(recording, "txt") }).rule === "overlay";
}

/** A search takes the composer's place and looks like it, but for the words beside it. */
function isSearch({ state }: Recording): boolean {
  return state.endsWith("search");
}

const DRAFTS = [
  "esc to interrupt",
  "1. Yes",
  "❯ 1. Yes",
  "› 1. Yes, proceed (y)",
  "Enter to confirm · Esc to cancel",
  "Press enter to confirm or esc to cancel",
  "• Working (3s • esc to interrupt)",
  "(esc to cancel, 12s)",
  "Waiting for user confirmation...",
  "△ Permission required",
  "Resume this session with:",
  "✻ Thinking… (3s)",
  "API Error: 500",
];

test.each(NAMES)("%s: a typed but unsent text is a draft, whatever it says", (name) => {
  const definition = shipped(name);
  const wanted = TURNS[name]?.draft ?? "";
  const recording = recordings(name).find(
    (it) => it.composer === "draft" && it.status === "idle" && screenOf(it, "txt").includes(wanted),
  );
  if (recording === undefined) throw new Error(`no draft of ${name}`);
  const fooled = DRAFTS.flatMap((draft) => {
    const screen = screenOf(recording, "txt").replace(wanted, draft);
    return [recording.title, undefined].flatMap((title) => {
      const seen = detect(definition, { screen, title, dispatched: recording.dispatched });
      return seen.status === "idle" && seen.composer === "draft"
        ? []
        : [`${draft}: ${seen.status}(${seen.detail}) ${seen.composer} ${seen.rule}`];
    });
  });
  expect(fooled).toEqual([]);
});

test.each(NAMES)("%s: words that nobody has seen before do not make a dialog idle", (name) => {
  const definition = shipped(name);
  const known = /^(?:enter|esc|yes|no|select|confirm|cancel|close|submit|navigate)$/i;
  const fooled = recordings(name)
    .filter((it) => it.status === "waiting" && !isSearch(it))
    .flatMap((it) => {
      const screen = screenOf(it, "txt").replace(/[A-Za-z]{3,}/g, (word) =>
        known.test(word) ? word : word.replace(/[a-z]/g, "x").replace(/[A-Z]/g, "X"),
      );
      const { status, rule } = detect(definition, { screen, dispatched: it.dispatched });
      return status === "idle" ? [`${it.id}: ${rule}`] : [];
    });
  expect(fooled).toEqual([]);
});

test.each(NAMES)("%s: a dialog that is drawn but for a line or two is not idle", (name) => {
  const definition = shipped(name);
  const fooled = recordings(name)
    .filter((it) => it.status === "waiting" && !isSearch(it))
    .flatMap((it) => {
      const lines = screenOf(it, "txt").trimEnd().split("\n");
      const halves = [1, 2, 3].map((count) => lines.slice(0, -count));
      const gaps = [1, 2, 3, 4, 5, 6, 7, 8].map((last) => lines.toSpliced(-last, 1));
      return [...halves, ...gaps].flatMap((left, index) => {
        const screen = left.join("\n");
        const { status, rule } = detect(definition, { screen, dispatched: it.dispatched });
        return status === "idle" ? [`${it.id} ${index}: ${rule}`] : [];
      });
    });
  expect(fooled).toEqual([]);
});

test.each(NAMES)("%s: the shell that comes back after a crash is no agent", (name) => {
  const [idle] = recordings(name).filter(({ status }) => status === "idle");
  if (idle === undefined) throw new Error(`no idle screen of ${name}`);
  const screen = `${screenOf(idle, "txt").trimEnd()}\nuser@host:~$ `;
  expect(detect(shipped(name), { screen, command: "bash" })).toMatchObject({
    status: "exited",
    source: "process",
  });
});

test.each(NAMES)(
  "%s: a box that takes commands is never empty, for a message would run",
  (name) => {
    const seen = recordings(name)
      .filter(({ state }) => state.startsWith("bash-mode"))
      .map((it) => detect(shipped(name), { screen: screenOf(it, "ansi") }).composer);
    expect(new Set(seen)).toEqual(new Set(["draft"]));
  },
);
