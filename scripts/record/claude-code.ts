import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end, press, release, rest, type Scenario, send, type, until } from "./scenario.ts";

const QUESTION = {
  question: "Which database should the shop use?",
  header: "Database",
  multiSelect: false,
  options: [
    { label: "PostgreSQL", description: "Solid, well known" },
    { label: "SQLite", description: "One file, no server" },
  ],
};

/** A refused call or an interruption may leave its prompt in the box. */
const back = [press("Escape"), until(/Interrupted|declined|rejected/), rest, press("C-c"), rest];

export const claudeCode: Scenario = {
  provider: "claude-code",
  args: ["--permission-mode", "default"],
  env: ({ port }) => ({
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    ANTHROPIC_AUTH_TOKEN: "dummy",
    CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    DISABLE_AUTOUPDATER: "1",
  }),
  answerFirstRun: ({ home, work }) => {
    const projects = { [work]: { hasTrustDialogAccepted: true } };
    const config = { hasCompletedOnboarding: true, projects };
    writeFileSync(join(home, ".claude.json"), JSON.stringify(config));
    mkdirSync(join(home, ".claude"));
    writeFileSync(join(home, ".claude/settings.json"), JSON.stringify({ theme: "dark" }));
  },
  ready: /^❯/m,
  transcripts: ".claude/projects",
  scenes: [
    { name: "idle", reach: [rest], leave: [] },
    { name: "draft", reach: [type("fix the flaky test"), rest], leave: [press("C-c"), rest] },
    { name: "completed", reach: [send("a first prompt"), until(/ACK bytes/), rest], leave: [] },
    {
      name: "streaming",
      reach: [send("do:hold"), until(/HOLD-BEGIN/)],
      leave: [release, until(/HOLD-END/), rest],
    },
    {
      name: "interrupted",
      reach: [
        send("do:hold again"),
        until(/do:hold again[\s\S]*HOLD-BEGIN/),
        press("Escape"),
        until(/HOLD-BEGIN[\s\S]*Interrupted/),
        rest,
      ],
      leave: [release, rest],
    },
    {
      name: "working",
      reach: [send("do:run sleep 6; echo hi"), until(/Running|\$ sleep 6/)],
      leave: [until(/TOOL-DONE hi/), rest],
    },
    {
      name: "permission",
      reach: [send("do:run touch made.txt"), until(/❯ 1\. Yes/), rest],
      leave: back,
    },
    {
      name: "question",
      reach: [
        send(`do:tool AskUserQuestion ${JSON.stringify({ questions: [QUESTION] })}`),
        until(/❯ 1\. PostgreSQL/),
        rest,
      ],
      leave: back,
    },
    { name: "failed", reach: [send("do:http 500"), until(/API Error: 500/), rest], leave: [] },
    {
      name: "limited",
      reach: [send("do:http 429"), until(/Request rejected \(429\)/), rest],
      leave: [],
    },
    { name: "exited", reach: [send("/exit"), end], leave: [] },
  ],
};
