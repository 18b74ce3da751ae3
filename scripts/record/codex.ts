import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answerFirstRun } from "../../tests/support/codex.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const ESCALATED = {
  cmd: "touch ../outside.txt",
  sandbox_permissions: "require_escalated",
  justification: "Need to write outside the workspace",
};
const QUESTION = { ...DATABASE, id: "db" };

const clear = [press("C-u"), rest];

export const codex: Scenario = {
  provider: "codex",
  args: ["--no-alt-screen", "--no-daemon", "--enable", "default_mode_request_user_input"],
  env: () => ({ SCRIPTED_KEY: "dummy" }),
  answerFirstRun: (stage) => {
    mkdirSync(join(stage.home, ".codex"));
    answerFirstRun(stage, join(stage.home, ".codex"));
  },
  ready: /^›[\s\S]* · ~/m,
  transcripts: ".codex/sessions",
  scenes: [
    scenes.idle,
    scenes.draft("C-u"),
    scenes.completed,
    scenes.streaming,
    scenes.interrupted({
      keys: ["Escape"],
      says: /HOLD-BEGIN[\s\S]*interrupted/,
      back: [press("C-u")],
    }),
    {
      name: "working",
      reach: [send("do:run sleep 6; echo hi"), until(/Working \(/)],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "permission",
      reach: [send(`do:tool exec_command ${JSON.stringify(ESCALATED)}`), until(/› 1\. Yes/), rest],
      leave: [press("Escape"), until(/interrupted|canceled/), rest, ...clear],
    },
    {
      name: "question",
      reach: [
        send(`do:tool request_user_input ${JSON.stringify({ questions: [QUESTION] })}`),
        until(/› 1\. PostgreSQL/),
        rest,
      ],
      leave: [press("Escape"), until(/interrupted/), rest, ...clear],
    },
    scenes.failed(500, /■ We.re currently experiencing/),
    scenes.limited(/429 Too Many Requests/),
    scenes.exited(send("/quit")),
  ],
};
