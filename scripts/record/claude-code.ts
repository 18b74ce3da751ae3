import { answerFirstRun, claude } from "../../tests/support/claude.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const QUESTION = { ...DATABASE, multiSelect: false };

/** A refused call or an interruption may leave its prompt in the box. */
const back = [press("Escape"), until(/Interrupted|declined|rejected/), rest, press("C-c"), rest];

export const claudeCode: Scenario = {
  provider: "claude-code",
  args: ["--permission-mode", "default"],
  env: ({ port, home }) => ({
    ...claude.env({ port, folder: home }),
    CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: "1",
    DISABLE_AUTOUPDATER: "1",
  }),
  answerFirstRun,
  ready: /^❯/m,
  transcripts: ".claude/projects",
  scenes: [
    scenes.idle,
    scenes.draft("C-c"),
    scenes.completed,
    scenes.streaming,
    scenes.interrupted({ keys: ["Escape"], says: /HOLD-BEGIN[\s\S]*Interrupted/ }),
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
    scenes.failed(500, /API Error: 500/),
    scenes.limited(/Request rejected \(429\)/),
    scenes.exited(send("/exit")),
  ],
};
