import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end, press, release, rest, type Scenario, send, type, until } from "./scenario.ts";

const ESCALATED = {
  cmd: "touch ../outside.txt",
  sandbox_permissions: "require_escalated",
  justification: "Need to write outside the workspace",
};
const QUESTION = {
  id: "db",
  header: "Database",
  question: "Which database should the shop use?",
  options: [
    { label: "PostgreSQL", description: "Solid, well known." },
    { label: "SQLite", description: "One file." },
  ],
};

export const codex: Scenario = {
  provider: "codex",
  args: ["--no-alt-screen", "--no-daemon", "--enable", "default_mode_request_user_input"],
  env: () => ({ SCRIPTED_KEY: "dummy" }),
  answerFirstRun: ({ home, work, port }) => {
    mkdirSync(join(home, ".codex"));
    const config = `model = "scripted"
model_provider = "scripted"
approval_policy = "on-request"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:${port}/v1"
wire_api = "responses"
env_key = "SCRIPTED_KEY"
request_max_retries = 0
stream_max_retries = 0
[projects."${work}"]
trust_level = "trusted"
`;
    writeFileSync(join(home, ".codex/config.toml"), config);
  },
  ready: /^›[\s\S]* · ~/m,
  transcripts: ".codex/sessions",
  scenes: [
    { name: "idle", reach: [rest], leave: [] },
    { name: "draft", reach: [type("fix the flaky test"), rest], leave: [press("C-u"), rest] },
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
        until(/HOLD-BEGIN[\s\S]*interrupted/),
        rest,
      ],
      leave: [release, press("C-u"), rest],
    },
    {
      name: "working",
      reach: [send("do:run sleep 6; echo hi"), until(/Working \(/)],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "permission",
      reach: [send(`do:tool exec_command ${JSON.stringify(ESCALATED)}`), until(/› 1\. Yes/), rest],
      leave: [press("Escape"), until(/interrupted|canceled/), rest, press("C-u"), rest],
    },
    {
      name: "question",
      reach: [
        send(`do:tool request_user_input ${JSON.stringify({ questions: [QUESTION] })}`),
        until(/› 1\. PostgreSQL/),
        rest,
      ],
      leave: [press("Escape"), until(/interrupted/), rest, press("C-u"), rest],
    },
    {
      name: "failed",
      reach: [send("do:http 500"), until(/■ We.re currently experiencing/), rest],
      leave: [],
    },
    {
      name: "limited",
      reach: [send("do:http 429"), until(/429 Too Many Requests/), rest],
      leave: [],
    },
    { name: "exited", reach: [send("/quit"), end], leave: [] },
  ],
};
